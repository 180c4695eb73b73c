// Intervals and tests; sources in interval.h. Quantiles come from Boost.Math. Sums run in the order given, so that
// equal inputs give equal bytes. Limits: Student's interval presumes near-normal values; with fewer than some five of
// them it is wide and its level approximate.

#include "core/interval.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "core/moments.h"

namespace capplan::core {
namespace {

using boost::math::cdf;
using boost::math::complement;
using boost::math::quantile;

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

void require_confidence(double confidence) {
  require(confidence > 0 && confidence < 1, "confidence: must be in (0, 1)");
}
void require_share(double p) { require(p > 0 && p < 1, "p: must be in (0, 1)"); }

/// The normal counterpart of student_t_quantile((1 + confidence) / 2, ...).
double normal_reach(double confidence) { return quantile(boost::math::normal(), (1 + confidence) / 2); }

/// The test that a difference with this standard error belongs to.
MeanTest mean_test(double difference, double error, double degrees, double confidence) {
  MeanTest test;
  const double reach = error > 0 ? student_t_quantile((1 + confidence) / 2, degrees) * error : 0.0;
  test.difference = {difference, difference - reach, difference + reach, true};
  test.degrees_of_freedom = degrees;
  if (error > 0) {
    test.t = difference / error;
    test.p_value = std::min(1.0, 2 * cdf(complement(boost::math::students_t(degrees), std::abs(test.t))));
  } else if (difference != 0) {
    test.t = std::copysign(std::numeric_limits<double>::infinity(), difference);
    test.p_value = 0;
  }
  return test;
}

}  // namespace

double student_t_quantile(double p, double degrees_of_freedom) {
  require_share(p);
  require(degrees_of_freedom > 0, "degrees_of_freedom: must be above 0");
  return quantile(boost::math::students_t(degrees_of_freedom), p);
}

double student_t_probability(double t, double degrees_of_freedom) {
  require(degrees_of_freedom > 0, "degrees_of_freedom: must be above 0");
  return cdf(boost::math::students_t(degrees_of_freedom), t);
}

Estimate mean_interval(std::span<const double> values, double confidence) {
  require_confidence(confidence);
  const Moments sample(values);
  if (!sample.usable()) return {};
  const double degrees = static_cast<double>(values.size()) - 1;
  return mean_test(sample.mean(), sample.standard_error(), degrees, confidence).difference;
}

MeanTest paired_difference(std::span<const double> first, std::span<const double> second, double confidence) {
  require_confidence(confidence);
  require(first.size() == second.size(), "second: must be as long as first");
  std::vector<double> differences(first.size());
  std::transform(first.begin(), first.end(), second.begin(), differences.begin(), std::minus<>());
  const Moments sample(differences);
  if (!sample.usable()) return {};
  const double degrees = static_cast<double>(differences.size()) - 1;
  return mean_test(sample.mean(), sample.standard_error(), degrees, confidence);
}

MeanTest welch_difference(std::span<const double> first, std::span<const double> second, double confidence) {
  require_confidence(confidence);
  const Moments one(first);
  const Moments two(second);
  if (!one.usable() || !two.usable()) return {};
  const double spare_one = static_cast<double>(first.size()) - 1;
  const double spare_two = static_cast<double>(second.size()) - 1;
  const double part_one = one.variance() / static_cast<double>(one.count());
  const double part_two = two.variance() / static_cast<double>(two.count());
  const double variance = part_one + part_two;
  // As shares of the variance, so that squares of tiny variances do not vanish. Both zero: any degrees do.
  const double share_one = variance > 0 ? part_one / variance : 0.5;
  const double share_two = 1 - share_one;
  const double degrees = 1 / (share_one * share_one / spare_one + share_two * share_two / spare_two);
  return mean_test(one.mean() - two.mean(), std::sqrt(variance), degrees, confidence);
}

MeanTest with_error(const MeanTest& test, double shift, double variance, double degrees_of_freedom, double confidence) {
  require_confidence(confidence);
  require(variance >= 0, "variance: must be 0 or more");
  if (!test.difference.known || (variance == 0 && shift == 0)) return test;
  const double d = test.difference.value;
  const double reach = test.difference.half_width();
  const double own = reach > 0 ? reach / student_t_quantile((1 + confidence) / 2, test.degrees_of_freedom) : 0;
  const double both = own * own + variance;
  double degrees = degrees_of_freedom;
  if (both > 0 && test.degrees_of_freedom > 0) {
    const double share = variance / both;
    degrees = 1 / (share * share / degrees_of_freedom + (1 - share) * (1 - share) / test.degrees_of_freedom);
  }
  MeanTest widened = mean_test(d + shift, std::sqrt(both), degrees, confidence);
  Estimate& e = widened.difference;  // the value stays what was measured
  e = {d, std::min(e.lo, d), std::max(e.hi, d), true};
  return widened;
}

BatchMeans batch_means(std::span<const double> series, std::size_t batches, double confidence) {
  require_confidence(confidence);
  require(batches >= 2, "batches: must be 2 or more");
  BatchMeans result;
  result.batch_size = series.size() / batches;
  if (result.batch_size == 0) return result;
  // The remainder goes at the start, where a rest of the warm-up would be.
  const auto used = series.last(result.batch_size * batches);
  std::vector<double> means(batches);
  for (std::size_t b = 0; b < batches; ++b) {
    means[b] = Moments(used.subspan(b * result.batch_size, result.batch_size)).mean();
  }
  result.mean = mean_interval(means, confidence);
  result.lag1_autocorrelation = lag1_autocorrelation(means);
  return result;
}

double lag1_autocorrelation(std::span<const double> series) {
  const Moments sample(series);
  if (!sample.usable() || !(sample.variance() > 0)) return 0;
  double products = 0;
  for (std::size_t i = 1; i < series.size(); ++i)
    products += (series[i] - sample.mean()) * (series[i - 1] - sample.mean());
  return products / (sample.variance() * static_cast<double>(series.size() - 1));
}

namespace {

/// The places of p-values, the smallest first.
std::vector<std::size_t> in_order(std::span<const double> p_values) {
  for (const double p : p_values) require(p >= 0 && p <= 1, "p_values: each must be in [0, 1]");
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

std::vector<double> holm_adjust(std::span<const double> p_values) {
  const std::vector<std::size_t> order = in_order(p_values);
  // The smallest is multiplied by all, the next by one fewer; none may fall below its predecessor.
  std::vector<double> adjusted(p_values.size());
  double floor = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    floor = std::max(floor, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    adjusted[order[i]] = floor;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg_adjust(std::span<const double> p_values) {
  const std::vector<std::size_t> order = in_order(p_values);
  std::vector<double> adjusted(p_values.size());
  double ceiling = 1;
  for (std::size_t i = order.size(); i-- > 0;) {  // none may rise above its successor
    const double share = static_cast<double>(order.size()) / static_cast<double>(i + 1);
    ceiling = std::min(ceiling, share * p_values[order[i]]);
    adjusted[order[i]] = ceiling;
  }
  return adjusted;
}

double relative_growth(std::span<const double> series) {
  const Moments sample(series);
  if (!sample.usable() || sample.mean() == 0) return 0;
  const double span = static_cast<double>(series.size()) - 1;
  const double middle = span / 2;
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double offset = static_cast<double>(i) - middle;
    products += offset * (series[i] - sample.mean());
    squares += offset * offset;
  }
  return products / squares * span / std::abs(sample.mean());
}

SlopeTest slope_test(std::span<const double> growths, double tolerated, double confidence) {
  require_confidence(confidence);
  require(std::isfinite(tolerated), "tolerated: must be finite");
  const std::vector<double> level(growths.size(), tolerated);
  const MeanTest beyond = paired_difference(growths, level, confidence);
  SlopeTest result;
  if (!beyond.difference.known) return result;
  result.growth = mean_interval(growths, confidence);
  result.p_value = beyond.t > 0 ? beyond.p_value / 2 : 1 - beyond.p_value / 2;
  result.growing = result.growth.lo > tolerated;
  return result;
}

Estimate proportion_interval(std::uint64_t successes, std::uint64_t trials, double confidence) {
  require_confidence(confidence);
  require(successes <= trials, "successes: must not exceed trials");
  if (trials == 0) return {};
  const double count = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / count;
  const double z2 = normal_reach(confidence) * normal_reach(confidence);
  const double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
  const double reach = std::sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count * count))) / (1 + z2 / count);
  // Rounding must not push a bound past the share itself, nor past 0 and 1 where the share sits on them.
  return {share, std::clamp(centre - reach, 0.0, share), std::clamp(centre + reach, share, 1.0), true};
}

std::optional<QuantileRanks> quantile_ranks(std::uint64_t count, double p, double confidence) {
  require_share(p);
  require_confidence(confidence);
  if (count == 0) return std::nullopt;
  const double size = static_cast<double>(count);
  const boost::math::binomial below(size, p);  // how many values lie below the quantile
  const double miss = (1 - confidence) / 2;
  // From the normal approximation, a few steps to the exact ranks. A rank r is too high with P(fewer than r lie below),
  // too low with P(r or more do).
  const double reach = normal_reach(confidence) * std::sqrt(size * p * (1 - p));
  const auto too_high = [&](double rank) { return rank < 1 ? 0.0 : cdf(below, rank - 1); };
  const auto too_low = [&](double rank) { return rank > size ? 0.0 : cdf(complement(below, rank - 1)); };
  double lower = std::clamp(std::floor(size * p - reach), 1.0, size);
  while (lower >= 1 && too_high(lower) > miss) --lower;
  while (lower < size && too_high(lower + 1) <= miss) ++lower;
  double upper = std::clamp(std::ceil(size * p + reach), 1.0, size);
  while (upper <= size && too_low(upper) > miss) ++upper;
  while (upper > 1 && too_low(upper - 1) <= miss) --upper;
  if (lower < 1 || upper > size) return std::nullopt;
  return QuantileRanks{static_cast<std::uint64_t>(lower), static_cast<std::uint64_t>(upper)};
}

std::uint64_t quantile_sample_size(double p, double rank_error, double confidence) {
  require_share(p);
  require(rank_error > 0 && rank_error < 1, "rank_error: must be in (0, 1)");
  require_confidence(confidence);
  const double ratio = normal_reach(confidence) / rank_error;
  return static_cast<std::uint64_t>(std::ceil(p * (1 - p) * ratio * ratio));
}

}  // namespace capplan::core
