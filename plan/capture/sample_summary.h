#pragma once
// What a sample says, with its uncertainty. Source: intervals of percentiles from order statistics, David and Nagaraja
// 2003 section 7.1. Limits: intervals take the values for independent, which requests under load are not quite.

#include <cstdint>
#include <span>

#include "core/estimate.h"

namespace capplan::plan {

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
