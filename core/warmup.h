#pragma once
// Where the warm-up of a simulated series ends: MSER (White 1997) and MSER-5 (White, Cobb & Spratt 2000).
// MSER drops the start whose removal makes the standard error of the remaining mean smallest. The search is cut to the
// first half: nearer the end the statistic is small by chance. Valid for one bounded transient followed by a level
// series; a period much shorter than the run does no harm, a trend shows as "not settled".

#include <cstddef>
#include <span>

namespace capplan::core {

/// The verdict on one series.
struct WarmupCut {
  std::size_t cut = 0;   ///< number of leading values to drop, at most half of them
  double statistic = 0;  ///< the smallest sum of squared deviations / (values kept)^2
  bool settled = false;  ///< false where the minimum lies at the limit of the search, or there are fewer than 4 values
};

/// MSER on the values themselves. Of equal minima the earliest cut counts. A value that is not finite throws
/// std::invalid_argument.
WarmupCut mser(std::span<const double> series);

/// MSER on the means of consecutive batches of `batch` values (1 or more), which tames noise; the cut is counted in
/// values and is a multiple of `batch`. A last, incomplete batch is left out of the statistic.
WarmupCut mser5(std::span<const double> series, std::size_t batch = 5);

}  // namespace capplan::core
