#pragma once
// How well a distribution follows a sample.
// Sources: Kolmogorov 1933 and Smirnov 1948 (D and its asymptotic critical value); Anderson and Darling 1954 (A²).
// Limits: the critical value is that of a distribution given beforehand; for one fitted to the same sample it is too
// large, so that D is a check and not a test.

#include <cstdint>
#include <span>

#include "core/distribution.h"
#include "plan/capture/sample_summary.h"

namespace capplan::plan {

struct Goodness {
  double ks = 0;                ///< greatest distance between the two distribution functions, 0..1
  double anderson_darling = 0;  ///< A²: distance with weight on both tails; below 2.5 at 5 % for a given distribution
};

/// Both distances of an ascending, non-empty sample. Probabilities are kept 1e-16 away from 0 and 1, so that a value
/// that the distribution excludes makes A² large and not infinite.
Goodness goodness(std::span<const double> sorted, const core::Distribution& distribution);

/// 1.628 / sqrt(n): D of a sample of n >= 35 exceeds it with probability 1 % if the distribution is the true one.
double ks_critical_1pct(std::size_t n);

}  // namespace capplan::plan
