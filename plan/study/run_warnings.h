#pragma once
// What the replications of a scenario leave to be careful about: no steady state, a long warm-up, a precision that was
// not reached, full servers, failing requests. docs/warnings.md lists all warnings.

#include <vector>

#include "plan/study/run_options.h"
#include "plan/study/summary.h"

namespace capplan::plan {

/// W01 to W05, and W07. `answered`: no more replications are needed (plan/study/steering.h).
std::vector<Warning> run_warnings(const Result& result, const Steadiness& steady, const RunOptions& options,
                                  bool answered);

}  // namespace capplan::plan
