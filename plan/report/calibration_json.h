#pragma once
// What calibrate found as JSON, for programs: {"schema": "capplan.fit/1", "captures": [...], "classes": {...},
// "workload": {...}}, and "indexes" where there were samples of vector indexes. Base units; an estimate is
// {value, lo, hi} of 95 %, null where it is not known. Costs to simulate with are in the TOML file alone.

#include <string>

#include "plan/fit/calibration.h"

namespace capplan::plan {

/// `indent` < 0 for one line.
std::string to_json(const Calibration& calibration, int indent = 2);

}  // namespace capplan::plan
