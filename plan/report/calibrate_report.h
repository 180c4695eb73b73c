#pragma once
// What calibrate found, as text blocks, CSV and a page: the classes with their families, the captures and their load,
// what durations are made of, and how each fitted distribution lies beside the sample. The costs to simulate with are
// in the TOML file alone; JSON is in calibration_json.h.

#include <string>

#include "plan/fit/calibration.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"

namespace capplan::plan {

Report report(const Calibration& calibration);
/// One row a figure: class, figure, value, lo, hi; seconds.
std::string csv(const Calibration& calibration);
PageContent page_of(const Calibration& calibration);

}  // namespace capplan::plan
