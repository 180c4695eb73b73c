#include "plan/capture/sample_summary.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"

namespace capplan::plan {

double sample_quantile(std::span<const double> sorted, double p) {
  const double rank = std::ceil(p * static_cast<double>(sorted.size()));
  const auto i = static_cast<std::size_t>(std::max(1.0, rank));
  return sorted[std::min(i, sorted.size()) - 1];
}

SampleSummary summarise(std::span<const double> sorted) {
  SampleSummary s;
  s.count = static_cast<std::int64_t>(sorted.size());
  if (sorted.empty()) return s;
  s.mean = core::mean_interval(sorted);
  s.least = sorted.front();
  s.greatest = sorted.back();
  double squares = 0, sum = 0;
  for (const double x : sorted) sum += x;
  const double mean = sum / static_cast<double>(sorted.size());
  for (const double x : sorted) squares += (x - mean) * (x - mean);
  if (sorted.size() > 1 && mean > 0) s.cv = std::sqrt(squares / static_cast<double>(sorted.size() - 1)) / mean;
  if (!s.mean.known) s.mean = {mean, s.least, s.greatest, false};
  const auto percentile = [&](double p) {
    const double value = sample_quantile(sorted, p);
    const auto ranks = core::quantile_ranks(sorted.size(), p);
    if (!ranks) return core::Estimate{value, s.least, s.greatest, false};
    return core::Estimate{value, std::min(value, sorted[ranks->lower - 1]), std::max(value, sorted[ranks->upper - 1]),
                          true};
  };
  s.p50 = percentile(0.50);
  s.p95 = percentile(0.95);
  s.p99 = percentile(0.99);
  return s;
}

}  // namespace capplan::plan
