#pragma once
// The points of a store as the grid they were: a store keeps answers and not the question, but the settings in which
// its points differ are the axes.

#include "plan/study/kept.h"
#include "plan/study/store.h"

namespace capplan::plan {

/// A single point is a result; more are a sweep, with a place that is not done where the grid has a hole. Of points
/// with the same settings the one of most replications counts. Throws core::InputError naming `file` if there is none,
/// or if they are no grid.
KeptGrid grid_of(std::vector<StoredPoint> points, const std::string& file);

}  // namespace capplan::plan
