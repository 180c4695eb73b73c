#pragma once
// Alerts over the simulated time: each is evaluated at even times on the average since the evaluation before, pends
// while its condition holds, fires once that has lasted for long enough, and is over with the first evaluation that
// fails.

#include <optional>
#include <vector>

#include "core/meters.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// What became of one alert in one run.
struct AlertRun {
  bool modelled = true;  ///< false: no meter measures what it watches
  double every_s = 0;    ///< between evaluations
  bool fired = false;
  double first_s = 0;  ///< since the start of the run
  double firing_s = 0;
  friend bool operator==(const AlertRun&, const AlertRun&) = default;
};

/// Watches one run. Its windows are as fine as the alerts can be looked at; the first `skipped` are left out.
std::vector<AlertRun> watch(const std::vector<Alert>& alerts, const core::Recording& fine, std::size_t skipped);

/// Joins neighbouring windows, `size` at a time after the first `skipped`, as if they had never been cut.
core::Recording joined(core::Recording fine, std::size_t size, std::size_t skipped);

/// One alert over its runs.
AlertResult summarise(const Alert& alert, const std::vector<AlertRun>& runs);

}  // namespace capplan::plan
