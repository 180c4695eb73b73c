// Windows of arrivals. Sources and limits: see arrival_course.h.

#include "plan/fit/arrival_course.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_windows = 30;
constexpr std::size_t least_windows = 10;
constexpr double least_in_window = 5;
constexpr std::size_t parts = 10;  // of a window of the rate
constexpr std::size_t mix_windows = 10;
constexpr std::size_t mix_parts = 5;  // of a window of the mix
constexpr double least_expected = 5;  // of a class in a window; rarer ones are taken together
constexpr core::Nanos longest = core::Nanos{100} * 86'400 * core::second;  // not counted out

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return sum / static_cast<double>(values.size());
}

/// Pearson's statistic of counts of classes in equal parts of a range against the range's own mix.
double pearson(std::span<const std::uint16_t> group, std::size_t groups, std::size_t pieces) {
  const std::size_t n = group.size();
  std::vector<double> all(groups, 0.0);
  for (const std::uint16_t g : group) all[g] += 1.0 / static_cast<double>(n);
  double sum = 0;
  for (std::size_t w = 0; w < pieces; ++w) {
    const std::size_t from = w * n / pieces, to = (w + 1) * n / pieces;
    std::vector<double> own(groups, 0.0);
    for (std::size_t i = from; i < to; ++i) ++own[group[i]];
    for (std::size_t g = 0; g < groups; ++g) {
      const double expected = all[g] * static_cast<double>(to - from);
      if (expected > 0) sum += (own[g] - expected) * (own[g] - expected) / expected;
    }
  }
  return sum;
}

}  // namespace

std::vector<double> counts_in(std::span<const core::Nanos> at, core::Nanos span, std::size_t windows) {
  std::vector<double> counts(windows, 0.0);
  for (const core::Nanos t : at) {
    const auto i =
        static_cast<std::size_t>(static_cast<double>(t) / static_cast<double>(span) * static_cast<double>(windows));
    if (i < windows) ++counts[i];
  }
  return counts;
}

RateCourse rate_course(std::span<const core::Nanos> at, core::Nanos span) {
  RateCourse course;
  const double total = static_cast<double>(at.size());
  const auto windows = std::min(most_windows, static_cast<std::size_t>(total / least_in_window));
  if (windows < least_windows || span <= 0) return course;
  const std::vector<double> counts = counts_in(at, span, windows);
  const double n = static_cast<double>(windows), mean = mean_of(counts);
  course.window = core::to_seconds(span) / n;
  for (const double c : counts) course.per_second.push_back(c / course.window);

  double across = 0, along = 0;
  for (std::size_t i = 0; i < windows; ++i) {
    const double x = (static_cast<double>(i) + 0.5) / n - 0.5;  // of the span, about its middle
    across += x * x;
    along += x * (counts[i] - mean);
  }
  const double slope = along / across;  // from first to last
  double squares = 0;
  for (std::size_t i = 0; i < windows; ++i) {
    const double off = counts[i] - mean - slope * ((static_cast<double>(i) + 0.5) / n - 0.5);
    squares += off * off;
  }
  const double error = std::sqrt(squares / (n - 2) / across);
  const double reach = core::student_t_quantile(0.975, n - 2) * error;
  course.growth = {slope / mean, (slope - reach) / mean, (slope + reach) / mean, true};
  course.trend_p = error > 0 ? exceeds_t(slope / error, n - 2) : 1;

  const std::vector<double> fine = counts_in(at, span, windows * parts);
  double within = 0;
  for (std::size_t w = 0; w < windows; ++w) {
    const std::span<const double> own(fine.data() + w * parts, parts);
    const double own_mean = mean_of(own);
    for (const double c : own) within += (c - own_mean) * (c - own_mean);
  }
  const double of_parts = within / (n * static_cast<double>(parts - 1));  // variance of a tenth
  if (of_parts > 0)
    course.wander_p = exceeds_f(squares / (n - 2) / (of_parts * static_cast<double>(parts)), n - 2,
                                n * static_cast<double>(parts - 1));
  return course;
}

std::vector<ScaleDispersion> dispersion_by_scale(std::span<const core::Nanos> at, core::Nanos span) {
  std::vector<ScaleDispersion> scales;
  const core::Nanos seen = std::min(span, at.empty() ? 0 : at.back());
  if (seen > longest) return scales;
  for (const core::Nanos scale :
       {10 * core::millisecond, 100 * core::millisecond, core::second, 10 * core::second, 60 * core::second}) {
    const auto windows = static_cast<std::size_t>(seen / scale);
    if (windows < least_windows) continue;
    const std::vector<double> counts = counts_in(at, static_cast<core::Nanos>(windows) * scale, windows);
    if (mean_of(counts) < least_in_window) continue;
    ScaleDispersion s{core::to_seconds(scale), windows, log_dispersion(counts), {}};
    s.dispersion = as_ratio(s.level);
    if (s.level.known) scales.push_back(s);
  }
  return scales;
}

MixCourse mix_course(std::span<const std::uint16_t> klass, const std::vector<std::string>& names) {
  MixCourse course;
  const std::size_t n = klass.size();
  std::vector<double> total(names.size(), 0.0);
  for (const std::uint16_t k : klass) ++total[k];
  // Classes that are too rare for a window count as one.
  std::vector<std::uint16_t> group_of(names.size(), 0);
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < names.size(); ++k)
    if (total[k] >= least_expected * mix_windows) {
      shown.push_back(k);
      group_of[k] = static_cast<std::uint16_t>(shown.size());
    }
  if (shown.empty() || n < mix_windows * mix_parts * 2) return course;
  std::vector<std::uint16_t> group;
  group.reserve(n);
  for (const std::uint16_t k : klass) group.push_back(group_of[k]);
  std::size_t present = shown.size();
  if (std::find(group.begin(), group.end(), 0) != group.end()) ++present;
  if (present < 2) return course;

  course.windows = static_cast<int>(mix_windows);
  const std::size_t groups = shown.size() + 1;
  const double classes = static_cast<double>(present - 1);
  const double between = pearson(group, groups, mix_windows) / (classes * (mix_windows - 1));
  double within = 0;
  for (std::size_t w = 0; w < mix_windows; ++w) {
    const std::size_t from = w * n / mix_windows, to = (w + 1) * n / mix_windows;
    within += pearson(std::span(group).subspan(from, to - from), groups, mix_parts);
  }
  const double freedom = classes * mix_windows * (mix_parts - 1);
  course.design = std::max(1.0, within / freedom);
  course.wander = between;
  course.p = exceeds_f(between / course.design, classes * (mix_windows - 1), freedom);

  double most = -1;
  for (const std::size_t k : shown) {
    double least = 1, greatest = 0;
    for (std::size_t w = 0; w < mix_windows; ++w) {
      const std::size_t from = w * n / mix_windows, to = (w + 1) * n / mix_windows;
      const auto own = std::count(klass.begin() + static_cast<long>(from), klass.begin() + static_cast<long>(to),
                                  static_cast<std::uint16_t>(k));
      const double share = static_cast<double>(own) / static_cast<double>(to - from);
      least = std::min(least, share);
      greatest = std::max(greatest, share);
    }
    const double p = total[k] / static_cast<double>(n);
    const double range = (greatest - least) / std::sqrt(std::max(p * (1 - p), 1e-12));
    if (range <= most) continue;
    most = range;
    course.most = names[k];
    course.least = least;
    course.greatest = greatest;
  }
  return course;
}

}  // namespace capplan::plan
