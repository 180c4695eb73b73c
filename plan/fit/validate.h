#pragma once
// From the names of files to a validation: captures beside their replays, samples of vector indexes beside the law,
// with a calibration or with what is left out predicted from all the rest.

#include <atomic>
#include <string>
#include <vector>

#include "plan/fit/validation.h"

namespace capplan::plan {

/// What is measured, and what predicts it, as the flags of `capplan validate` say it.
struct ValidateOptions {
  std::vector<std::string> manifests;
  std::string calibration;                 ///< file; or else `leave_one_out`
  std::vector<std::string> index_samples;  ///< files
  std::string leave_one_out;               ///< "captures", "m", "rows", "dimensions"
  std::string settings;   ///< of the samples' server; empty: as data/index_samples/measure.py sets them
  bool effects = false;   ///< once more without each effect of contention
  bool textbook = false;  ///< M/M/c on mean durations in place of a fit
  bool lenient = false;   ///< keep what can be read of damaged logs
};

/// Throws core::InputError that names the flags; std::runtime_error soon after `cancel` turns true.
Validation validate(const ValidateOptions& options, const std::atomic<bool>* cancel = nullptr);

}  // namespace capplan::plan
