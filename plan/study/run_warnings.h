#pragma once
// What the replications of a scenario leave to be careful about: no steady state, a long warm-up, a precision that was
// not reached, full servers, failing requests. docs/warnings.md lists all warnings.

#include <vector>

#include "core/stopping.h"
#include "plan/study/summary.h"

namespace capplan::plan {

/// W01 to W05, and W07. `precise`: the intervals are as narrow as the rule asks.
std::vector<Warning> run_warnings(const Result& result, const Steadiness& steady, const core::StoppingRule& rule,
                                  bool precise);

}  // namespace capplan::plan
