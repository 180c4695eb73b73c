#pragma once
// Stocks that are still rising when a run ends: how far they have come, how long a run would do, and what rests on
// them. How far is said only where something tells it: the room of a cache for more keys than it has room for, or, of
// a Redis, which deletes what has expired, the entries that come in during a lifetime (Little's law).

#include <span>
#include <vector>

#include "plan/study/result.h"
#include "plan/study/summary.h"

namespace capplan::plan {

/// Of the risers that `steady` found.
std::vector<RisingStock> rising_stocks(const Scenario& scenario, std::span<const Replication> replications,
                                       const Steadiness& steady);

/// The stock that what a condition is about rests on, or null.
const RisingStock* rests_on(const std::string& target, const std::vector<RisingStock>& rising);

/// Whether a figure is a stock that rises, or a hit ratio or latency that rests on one.
bool is_marked(const std::vector<std::string>& path, const std::vector<RisingStock>& rising);

/// W07, one for each.
std::vector<Warning> rising_warnings(const Result& result);

}  // namespace capplan::plan
