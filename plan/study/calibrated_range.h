#pragma once
// W06: a run outside of what its calibration's captures covered, in rate, connections, cores, mix or rows, with how
// far. Compared are the simulated means; vector indexes have limits of their own (W20).

#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// The warning, once for a run; none without a calibration, or within what it covers.
std::vector<Warning> outside_calibration(const Scenario& scenario, const Result& result);

}  // namespace capplan::plan
