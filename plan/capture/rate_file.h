#pragma once
// Rates over time from a CSV file, as a monitoring system exports them: what an open load's `rates` names.

#include <memory>
#include <string>

#include "models/spec/value.h"

namespace capplan::plan {

/// The rows of a file, each a table { at, rate } in nanoseconds since the first row and per second. Two columns count,
/// whatever others there are: `time_s`, numbers of seconds, or `time`, durations such as "5min"; and `rate_per_s`, or
/// `rate` with a unit, as in "12k/min". Throws core::InputError with every cell that is none, times that do not ascend,
/// and where every rate is 0.
std::shared_ptr<const models::List> load_rates(const std::string& path);

}  // namespace capplan::plan
