#pragma once
// What the tables of several formats are made with: figures, columns, and the table of requests.

#include <fmt/format.h>

#include <optional>
#include <string>

#include "plan/capture/inspection.h"
#include "plan/capture/moments.h"
#include "plan/capture/request_log.h"

namespace capplan::plan {

inline core::Estimate exact(double x) { return {x, x, x, true}; }
inline core::Estimate exact(const std::optional<double>& x) { return x ? exact(*x) : core::Estimate{}; }

/// The mean of moments with its interval, or, where that is not known, nothing beside it.
inline core::Estimate mean_of(const Moments& m) {
  if (m.count <= 0) return {};
  const core::Estimate sampled = m.mean_estimate();
  return sampled.known ? sampled : exact(m.mean());
}

inline std::string plural(std::size_t n, const char* one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); }

/// Of one execution: rows, blocks and the time at the disk, in the order of StatementCounter and PlanCounter.
std::vector<InspectedColumn> block_columns();

/// Requests by class. `seconds` is how long the log's run took, where it is known; else what the log itself spans.
void tabulate(const RequestLog& log, std::optional<double> seconds, Inspection& into);

}  // namespace capplan::plan
