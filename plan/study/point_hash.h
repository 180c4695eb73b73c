#pragma once
// Identity of a point of a study: what its numbers depend on, and nothing else.

#include "plan/study/runner.h"

namespace capplan::plan {

/// SHA-256 over the resolved scenario, seed, engine revision and stopping rule, as 64 hex digits. A budget of wall clock
/// may end a point early, so that it is part of the rule.
std::string point_hash(const Scenario& scenario, const RunOptions& options);

}  // namespace capplan::plan
