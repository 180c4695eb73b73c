#pragma once
// Samples of vector searches -> the laws of indexes that a calibration file holds, with how far to trust them: what the
// fit leaves of the samples it saw, and how it predicts those it was not given. Builds are fitted from the same
// samples, each index once. Limits: builds are taken for serial ones that stayed in maintenance_work_mem, as
// data/index_samples/measure.py makes them; with too few of them the laws of builds stay as they are by default.

#include <optional>
#include <string>
#include <vector>

#include "plan/costs/index_law_file.h"
#include "plan/fit/build_fit.h"
#include "plan/fit/index_samples.h"
#include "plan/fit/index_validation.h"

namespace capplan::plan {

/// How the law fits, or predicts, some samples.
struct IndexErrors {
  std::string of;              ///< "in_sample", or what was left out: "m", "rows", "dimensions"
  IndexValidation validation;  ///< without its rows
};

struct IndexCalibration {
  std::vector<IndexSampleFile> files;  ///< in the order given; plans are among them
  IndexCosts costs;
  std::vector<IndexErrors> errors;
  std::optional<HnswBuildFit> hnsw_build;  ///< where there were builds enough
  std::optional<IvfflatBuildFit> ivfflat_build;
  std::vector<std::string> warnings;
};

/// Fits all laws. The same samples give the same bits.
IndexCalibration calibrate_indexes(std::vector<IndexSampleFile> files, const models::PlannerSettings& planner);

/// The part of a calibration file that begins with [index_law], each coefficient with its unit and meaning.
std::string index_law_toml(const IndexCalibration& calibration);

/// Coefficients with their intervals, what the fit leaves, and warnings, as text for a terminal.
std::string summary_table(const IndexCalibration& calibration);

}  // namespace capplan::plan
