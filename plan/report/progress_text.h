#pragma once
// How far a study is, in one line, for whoever has a place to show it.

#include <string>

#include "plan/study/run_options.h"

namespace capplan::plan {

/// "sweep 17/48  p99 41.2ms ±1.1  1.9M ev/s  eta 0:38"; of a single point its share in percent; where nobody knows
/// how much there is to do (no total) "calibrate 0:12", the time so far.
std::string progress_text(const std::string& verb, const Progress& progress);

/// Of a question that will take more than a minute, once that can be told: "sweep: about 4.2 min and 1.2G events for 48
/// points; ...". Empty for any other.
std::string long_question_text(const std::string& verb, const Progress& progress);

}  // namespace capplan::plan
