#pragma once
// A validation as JSON: {"schema": "capplan.validation/1", "index_samples": {...}}. Base units; null for what was not
// measured.

#include <string>

#include "plan/fit/validation.h"

namespace capplan::plan {

/// `indent` < 0 for one line.
std::string to_json(const Validation& validation, int indent = 2);

}  // namespace capplan::plan
