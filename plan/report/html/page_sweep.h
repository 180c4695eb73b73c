#pragma once
// What of a sweep its page shows and holds, so that it stays small enough to be opened and passed on. Left out are
// series over time, each replication's values, and scenarios after the first, from which they differ as the axes say.
// Of a grid of many points the page has a part: of each axis as many values as the whole leaves room for, first those
// that answers name. Limits: sizes are of points, not of bytes; some twenty classes of requests make a large page.

#include "plan/study/sweep.h"

namespace capplan::plan {

/// A page holds this many points of a grid, and spectrum and stages of so many of them.
inline constexpr std::size_t most_points_on_page = 300;
inline constexpr std::size_t most_details_on_page = 64;

/// The same again for what it gives.
Sweep for_page(const Sweep& sweep);

}  // namespace capplan::plan
