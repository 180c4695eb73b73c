#pragma once
// Percentiles of spans of which some never ended, from several stretches of time.

#include <cstdint>
#include <memory>
#include <vector>

#include "core/histogram.h"

namespace capplan::plan {

/// Spans of one stretch: those that ended, and how many count as longer than all of these.
struct Spans {
  std::unique_ptr<core::Histogram> ended = std::make_unique<core::Histogram>();
  double never = 0;

  double count() const { return static_cast<double>(ended->count()) + never; }
};

/// The p-quantile of ended and never-ended spans together: that of rank p (ended + never) / ended among those that
/// ended; infinite where more than 1 - p of them never did.
double quantile(const Spans& spans, double p);

/// One value from each stretch; where one alone does not carry the percentile, from groups of neighbours; none where
/// there are too few for that.
std::vector<double> percentile_values(const std::vector<Spans>& each, double p);

}  // namespace capplan::plan
