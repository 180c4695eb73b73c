#pragma once
// How well a distribution follows a sample, and what the sample itself says with its uncertainty.
// Sources: Kolmogorov 1933 and Smirnov 1948 (D and its asymptotic critical value); Anderson and Darling 1954 (A²);
// intervals of percentiles from order statistics, David and Nagaraja 2003 section 7.1.
// Limits: the critical value is that of a distribution given beforehand; for one fitted to the same sample it is too
// large, so that D is a check and not a test. Intervals take the values for independent, which requests under load are
// not quite.

#include <cstdint>
#include <span>

#include "core/distribution.h"
#include "core/estimate.h"

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

/// A sample in a few numbers, in its own unit, with 95 % intervals. Unknown where the sample cannot carry the figure.
struct SampleSummary {
  std::int64_t count = 0;
  core::Estimate mean;
  core::Estimate p50, p95, p99;
  double least = 0;
  double greatest = 0;
  double cv = 0;  ///< standard deviation over mean
};

/// Summary of an ascending sample; all zero if it is empty.
SampleSummary summarise(std::span<const double> sorted);

/// The p-quantile of an ascending, non-empty sample: the value of rank ceil(p n).
double sample_quantile(std::span<const double> sorted, double p);

}  // namespace capplan::plan
