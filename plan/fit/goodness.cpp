// Distances between a sample and a distribution, and the sample's own figures. Sources and limits: see goodness.h.
// Ties are counted as they stand: D is taken on both sides of every jump.

#include "plan/fit/goodness.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/interval.h"

namespace capplan::plan {

Goodness goodness(std::span<const double> sorted, const core::Distribution& distribution) {
  const std::size_t n = sorted.size();
  const double count = static_cast<double>(n);
  std::vector<double> f(n);
  for (std::size_t i = 0; i < n; ++i)
    f[i] = i > 0 && sorted[i] == sorted[i - 1] ? f[i - 1] : distribution.cdf(sorted[i]);
  Goodness g;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double rank = static_cast<double>(i);
    g.ks = std::max({g.ks, (rank + 1) / count - f[i], f[i] - rank / count});
    const double below = std::clamp(f[i], 1e-16, 1 - 1e-16);
    const double above = std::clamp(1 - f[n - 1 - i], 1e-16, 1 - 1e-16);
    sum += (2 * rank + 1) * (std::log(below) + std::log(above));
  }
  g.anderson_darling = -count - sum / count;
  return g;
}

double ks_critical_1pct(std::size_t n) { return 1.628 / std::sqrt(static_cast<double>(n)); }

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
