#pragma once
// A plain table of requests, plain or gzip: CSV with a line of column names, then one line a request, in any order.
//   time      when it was completed: seconds since whenever, as 1795148565.647, or ISO 8601, as
//   2026-11-20T04:22:45.647Z;
//             or, in its place, `start`: when it was due
//   class     the name of its query class
//   duration  seconds from when it was due to when it was completed; as duration_ms or duration_us in those units
//   wait      may be missing: seconds of the duration that it waited for a free client; wait_ms and wait_us likewise
// Other columns are passed over with a warning. Limits: durations up to 11 days, a log no longer than a year, 1,000
// classes, records up to 32 MB.

#include <string>
#include <vector>

#include "plan/capture/request_log.h"

namespace capplan::plan {

/// Reads a table in one pass; without names of classes, those that occur are taken in order of appearance. Throws
/// core::InputError with the first ten fields that are wrong, each with its line and column; lenient leaves out their
/// records.
RequestLog read_request_csv(const std::string& path, const std::vector<std::string>& classes, bool lenient = false);

}  // namespace capplan::plan
