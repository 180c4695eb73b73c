#pragma once
// The highest that a utilization got to: the greatest of the averages over the windows of a run, where an SLO asks for
// it.

#include <vector>

#include "plan/study/summary.h"

namespace capplan::plan {

/// Adds a figure such as pools / app / utilization_peak for each condition on one. A single run has no interval for it.
void add_peaks(const std::vector<Slo>& slos, const std::vector<Stretch>& kept, std::vector<Figure>& figures);

}  // namespace capplan::plan
