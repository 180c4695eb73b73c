#pragma once
// A run beside what its calibration's captures covered: rate, connections, cores, mix and rows, and W06 where it is
// outside, with how far. Compared are the simulated means; vector indexes have limits of their own (W20).

#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// The warning, once for a run; none without a calibration, or within what it covers.
std::vector<Warning> outside_calibration(const Scenario& scenario, const Result& result);

/// What the calibration says of itself, and where the run stands; empty if it was fitted to nothing.
CalibrationCheck check_calibration(const Scenario& scenario, const Result& result);

}  // namespace capplan::plan
