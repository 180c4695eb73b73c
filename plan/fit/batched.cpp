// Errors from batches. Sources and limits: see batched.h.

#include "plan/fit/batched.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "core/interval.h"
#include "plan/fit/goodness.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_batches = 20;
constexpr std::size_t least_in_batch = 5;
constexpr std::size_t least_batches = 4;
constexpr std::size_t least_values = 30;  // for a quantile

using boost::math::complement;

}  // namespace

double batch_error(std::span<const double> series, double* freedom) {
  if (freedom != nullptr) *freedom = 0;
  const std::size_t n = series.size();
  if (n < least_batches) return 0;
  const std::size_t batches = std::clamp(n / least_in_batch, least_batches, most_batches);
  std::vector<double> means;
  for (std::size_t b = 0; b < batches; ++b) {
    const std::size_t from = b * n / batches, to = (b + 1) * n / batches;
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += series[i];
    means.push_back(sum / static_cast<double>(to - from));
  }
  const double count = static_cast<double>(batches);
  double mean = 0, squares = 0;
  for (const double x : means) mean += x / count;
  for (const double x : means) squares += (x - mean) * (x - mean);
  const double alike = std::clamp(core::lag1_autocorrelation(means), 0.0, 0.8);
  if (freedom != nullptr) *freedom = count - 1;
  return std::sqrt(squares / (count - 1) / count * (1 + alike) / (1 - alike));
}

LogLevel log_mean(std::span<const double> series) {
  double sum = 0;
  for (const double x : series) sum += x;
  const double mean = series.empty() ? 0 : sum / static_cast<double>(series.size());
  if (series.size() < least_batches || !(mean > 0)) return {};
  LogLevel level{.value = std::log(mean), .error = 0, .freedom = 0, .known = true};
  level.error = batch_error(series, &level.freedom) / mean;
  return level;
}

LogLevel log_quantile(std::span<const double> in_time, double p) {
  const std::size_t n = in_time.size();
  if (n < least_values) return {};
  std::vector<double> sorted(in_time.begin(), in_time.end());
  std::sort(sorted.begin(), sorted.end());
  const double at = sample_quantile(sorted, p);
  std::vector<double> below;
  below.reserve(n);
  for (const double x : in_time) below.push_back(x <= at ? 1 : 0);
  LogLevel level{.value = std::log(at), .error = 0, .freedom = 0, .known = true};
  const double of_rank = std::max(batch_error(below, &level.freedom), std::sqrt(p * (1 - p) / static_cast<double>(n)));
  const double reach = core::student_t_quantile(0.975, level.freedom);
  const double lo = p - reach * of_rank, hi = p + reach * of_rank;
  const double edge = 0.5 / static_cast<double>(n);
  if (lo <= edge || hi >= 1 - edge) return {};
  level.error = std::log(sample_quantile(sorted, hi) / sample_quantile(sorted, lo)) / (2 * reach);
  return level;
}

LogLevel log_dispersion(std::span<const double> counts) {
  const double n = static_cast<double>(counts.size());
  if (counts.size() < 10) return {};
  double mean = 0, squares = 0;
  for (const double c : counts) mean += c / n;
  for (const double c : counts) squares += (c - mean) * (c - mean);
  if (!(mean > 0) || !(squares > 0)) return {};
  const double value = squares / (n - 1) / mean;
  std::vector<double> linear;  // what each window adds to the ratio of the two sums
  for (const double c : counts) linear.push_back((c - mean) * (c - mean) - value * c);
  LogLevel level{.value = std::log(value), .error = 0, .freedom = 0, .known = true};
  level.error = std::max(batch_error(linear, &level.freedom) / mean / value, std::sqrt(2 / (n - 1)));
  return level;
}

LogLevel product(std::initializer_list<LogLevel> factors) {
  LogLevel sum{.value = 0, .error = 0, .freedom = 0, .known = true};
  double variance = 0, parts = 0;
  for (const LogLevel& f : factors) {
    sum.known = sum.known && f.known;
    sum.value += f.value;
    const double square = f.error * f.error;
    variance += square;
    if (f.freedom > 0) parts += square * square / f.freedom;
  }
  sum.error = std::sqrt(variance);
  sum.freedom = parts > 0 ? variance * variance / parts : 1e6;
  return sum.known ? sum : LogLevel{};
}

core::Estimate as_ratio(const LogLevel& level) {
  if (!level.known) return {};
  const double reach = level.freedom > 0 ? core::student_t_quantile(0.975, level.freedom) * level.error : 0;
  return {std::exp(level.value), std::exp(level.value - reach), std::exp(level.value + reach), true};
}

double p_of_one(const LogLevel& level) {
  if (!level.known) return 1;
  if (level.error > 0) return exceeds_t(level.value / level.error, level.freedom);
  return level.value == 0 ? 1 : 0;
}

double exceeds_f(double f, double numerator, double denominator) {
  if (!(numerator > 0) || !(denominator > 0) || !(f > 0)) return 1;
  return boost::math::cdf(complement(boost::math::fisher_f(numerator, denominator), f));
}

double exceeds_chi_square(double x, double freedom) {
  if (!(freedom > 0) || !(x > 0)) return 1;
  return boost::math::cdf(complement(boost::math::chi_squared(freedom), x));
}

double exceeds_t(double t, double freedom) {
  if (!(freedom > 0)) return 1;
  return std::min(1.0, 2 * boost::math::cdf(complement(boost::math::students_t(freedom), std::fabs(t))));
}

}  // namespace capplan::plan
