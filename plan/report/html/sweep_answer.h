#pragma once
// What a sweep's page says in words of all its points together: how many meet the SLOs, which point has the most room,
// which SLO stands in the way. It stands in the page's text, so that it prints.

#include <optional>
#include <string>
#include <vector>

#include "plan/report/report.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// Of a point's SLOs the one with the least headroom; nothing where none has a known figure, or there is no steady
/// state: what such a point measured is of the run's length.
std::optional<SloMargin> tightest_of(const SweepPoint& point);

/// "pool.app.size = 8, workload.api.rate = 40/s".
std::string settings_of(const Sweep& sweep, const SweepPoint& point);

/// The anchor of a point on its page.
std::string point_anchor(std::size_t point);

/// Sentences, a row for each SLO, and where there are many answers a row for each of them; empty without SLOs.
std::vector<Block> answer_blocks(const Sweep& sweep);

}  // namespace capplan::plan
