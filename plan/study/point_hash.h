#pragma once
// Identity of a point of a study: what its numbers depend on, and nothing else.

#include "plan/study/run_options.h"

namespace capplan::plan {

/// SHA-256 over the resolved scenario, seed, engine revision and stopping rule, as 64 hex digits. A budget of wall
/// clock may end a point early, so that it is part of the rule. With draws of the calibration, what they are taken from
/// (plan/scenario/draws.h) is part of it.
std::string point_hash(const Scenario& scenario, const RunOptions& options, const std::string& drawn_from = {});

}  // namespace capplan::plan
