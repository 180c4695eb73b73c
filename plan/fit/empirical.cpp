// A sample as knots of its distribution function, of which a simulator can draw and a reader still see the shape.
// Source: Hazen's plotting positions, (i - 0.5) / n for the i-th of n values, flat to both ends: the line through all
// of them has exactly the sample's mean. Of these points a base grid is kept, then the one farthest from the chord that
// spans it is added where the area lost is greatest.
// Limits: nothing beyond the least and the greatest value is ever drawn.

#include <algorithm>
#include <cmath>
#include <set>

#include "plan/fit/fit.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_knots = 190;  // the two ends at 0 and 1 not counted

/// Ranks kept in any case: both tails in steps that double, hundredths between.
std::set<std::size_t> base_grid(std::size_t n) {
  std::set<std::size_t> ranks{0, n - 1};
  for (std::size_t i = 0; i < 6 && i < n; ++i) ranks.insert({i, n - 1 - i});
  for (std::size_t step = 8; step < n / 64; step *= 2) ranks.insert({step - 1, n - step});
  for (std::size_t i = 1; i < 64; ++i) ranks.insert(i * (n - 1) / 64);
  return ranks;
}

}  // namespace

core::Distribution empirical_knots(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  std::vector<double> before(n + 1, 0.0);  // sum of the values below a rank
  for (std::size_t i = 0; i < n; ++i) before[i + 1] = before[i] + sorted[i];
  // Area that the chord from rank a to rank b has too much, times n.
  const auto excess = [&](std::size_t a, std::size_t b) {
    const double area = before[b + 1] - before[a] - (sorted[a] + sorted[b]) / 2;
    return (sorted[a] + sorted[b]) / 2 * static_cast<double>(b - a) - area;
  };

  std::set<std::size_t> ranks;
  if (n <= most_knots)
    for (std::size_t i = 0; i < n; ++i) ranks.insert(i);
  else
    ranks = base_grid(n);
  while (ranks.size() < std::min(n, most_knots)) {
    double worst = 0;
    std::size_t from = 0, to = 0;
    for (auto a = ranks.begin(), b = std::next(a); b != ranks.end(); a = b++) {
      if (*b - *a < 2) continue;
      const double lost = std::abs(excess(*a, *b));
      if (lost > worst) worst = lost, from = *a, to = *b;
    }
    if (worst <= 1e-6 * before[n]) break;
    std::size_t farthest = (from + to) / 2;
    double distance = 0;
    for (std::size_t i = from + 1; i < to; ++i) {
      const double part = static_cast<double>(i - from) / static_cast<double>(to - from);
      const double d = std::abs(sorted[i] - (sorted[from] + part * (sorted[to] - sorted[from])));
      if (d > distance) distance = d, farthest = i;
    }
    ranks.insert(farthest);
  }

  std::vector<double> probability{0}, value{sorted.front()};
  for (const std::size_t i : ranks) {
    probability.push_back((static_cast<double>(i) + 0.5) / static_cast<double>(n));
    value.push_back(sorted[i]);
  }
  probability.push_back(1);
  value.push_back(sorted.back());

  core::Distribution result = core::Distribution::empirical(std::move(probability), std::move(value));
  const double mean = before[n] / static_cast<double>(n);
  const double ratio = mean / result.mean();
  return std::abs(ratio - 1) > 0.004 ? result.scaled(ratio) : result;
}

}  // namespace capplan::plan
