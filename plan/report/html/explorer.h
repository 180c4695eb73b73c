#pragma once
// What a reader can ask a sweep's page: a slider or a list for each axis, and the simulated point that is nearest to
// what they say. Its script (charts/explorer.js) reads the page's own data and never computes a figure between points.

#include <string>

#include "plan/study/sweep.h"

namespace capplan::plan {

/// `page` is what the page holds, with labels as they are shown.
std::string explorer(const Sweep& page);

}  // namespace capplan::plan
