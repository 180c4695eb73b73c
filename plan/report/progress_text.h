#pragma once
// How far a study is, in one line, for whoever has a place to show it.

#include <string>

#include "plan/study/run_options.h"

namespace capplan::plan {

/// "sweep 17/48  p99 41.2ms ±1.1  1.9M ev/s  eta 0:38"; of a single point its share in percent; where nobody knows
/// how much there is to do (no total) "calibrate 0:12", the time so far.
std::string progress_text(const std::string& verb, const Progress& progress);

}  // namespace capplan::plan
