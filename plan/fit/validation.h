#pragma once
// Predictions beside what was measured, as one answer: what `capplan validate` prints.

#include <optional>
#include <string>

#include "plan/fit/capture_validation.h"
#include "plan/fit/index_validation.h"

namespace capplan::plan {

struct Validation {
  std::string law;  ///< where the predictions come from: "calibration costs.toml", "samples without their m"
  std::optional<IndexValidation> index_samples;
  std::optional<CaptureValidation> captures;
};

}  // namespace capplan::plan
