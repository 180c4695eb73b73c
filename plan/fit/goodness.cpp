// Distances between a sample and a distribution. Sources and limits: see goodness.h.
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

}  // namespace capplan::plan
