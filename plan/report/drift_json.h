#pragma once
// Drift as JSON: {"schema": "capplan.drift/1", "verdict": ..., "captures": [{"lines": [...]}]}. Base units; null for
// what was not measured.

#include <string>

#include "plan/fit/drift.h"

namespace capplan::plan {

/// `indent` < 0 for one line.
std::string to_json(const Drift& drift, int indent = 2);

}  // namespace capplan::plan
