#pragma once
// What becomes of one figure from A to B: the difference with its interval, and how surprising it would be by chance.

#include "plan/study/compare.h"

namespace capplan::plan {

/// `paired`: the n-th values of both ran on the same random numbers. What becomes of it is not judged yet.
FigureChange change_of(const std::vector<std::string>& path, const Figure& a, const Figure& b, bool paired);

}  // namespace capplan::plan
