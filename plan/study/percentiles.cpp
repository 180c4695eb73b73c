#include "plan/study/percentiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace capplan::plan {

namespace {

/// Fewest observations beyond a percentile that carry it, in each of the values an interval is made of.
constexpr double tail_needed = 10;
/// Fewest values that an interval of a percentile is made of, when replications are put together to carry it.
constexpr std::size_t fewest_groups = 4;

}  // namespace

double quantile(const Spans& spans, double p) {
  const auto ended = static_cast<double>(spans.ended->count());
  const double rank = spans.never > 0 ? p * (spans.count() / ended) : p;
  return rank > 1 ? std::numeric_limits<double>::infinity() : spans.ended->quantile(rank);
}

std::vector<double> percentile_values(const std::vector<Spans>& each, double p) {
  double count = 0;
  for (const Spans& spans : each) count += spans.count();
  const double tail = count / static_cast<double>(each.size()) * std::min(p, 1 - p);
  if (!(tail > 0)) return {};
  const auto group = static_cast<std::size_t>(std::max(1.0, std::ceil(tail_needed / tail)));
  const std::size_t groups = each.size() / group;
  if (groups < std::min(fewest_groups, each.size())) return {};
  std::vector<double> values;
  for (std::size_t g = 0; g < groups; ++g) {
    Spans merged;
    const std::size_t end = g + 1 == groups ? each.size() : (g + 1) * group;
    for (std::size_t i = g * group; i < end; ++i) {
      merged.ended->merge(*each[i].ended);
      merged.never += each[i].never;
    }
    if (merged.count() * std::min(p, 1 - p) < tail_needed / 2) return {};
    values.push_back(quantile(merged, p));
  }
  return values;
}

}  // namespace capplan::plan
