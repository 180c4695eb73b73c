#pragma once
// A sample against the law it should follow. Every limit comes from the size of the sample and a chance of false alarm:
// seeds are fixed, so a test that passes once passes always, and the chance only says how far off a failure must be.
// Sources: Massart 1990 (the constant of the Kolmogorov-Smirnov bound), Wilson and Hilferty 1931 (chi-square).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace capplan::test {

/// The chance that a right sampler fails one comparison.
inline constexpr double false_alarm = 1e-6;
/// That chance in standard deviations of a normal law, both sides together.
inline constexpr double deviations = 4.9;

/// The greatest distance between the sample's distribution function and `cdf`, which may have jumps. Sorts the sample.
template <class Cdf>
double largest_distance(std::vector<double>& sample, Cdf cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size();) {
    const double x = sample[i];
    const auto below = static_cast<double>(i);
    while (i < sample.size() && sample[i] == x) ++i;
    distance = std::max(distance, std::abs(static_cast<double>(i) / n - cdf(x)));
    distance = std::max(distance, std::abs(below / n - cdf(std::nextafter(x, -1.0))));
  }
  return distance;
}

/// What that distance exceeds with the chance of a false alarm: P(D > d) <= 2 exp(-2 n d^2).
inline double distance_limit(std::size_t n) {
  return std::sqrt(std::log(2 / false_alarm) / (2 * static_cast<double>(n)));
}

/// Pearson's statistic of counts against expected counts.
inline double chi_square(const std::vector<double>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  return sum;
}

/// What the statistic over so many cells exceeds with the chance of a false alarm.
inline double chi_square_limit(std::size_t cells) {
  const auto k = static_cast<double>(cells - 1);
  const double root = 1 - 2 / (9 * k) + deviations * std::sqrt(2 / (9 * k));
  return k * root * root * root;
}

struct Moments {
  double mean = 0;
  double variance = 0;
  double variance_error = 0;  ///< standard error of the variance, from the sample's fourth moment
};

inline Moments moments(const std::vector<double>& sample) {
  const auto n = static_cast<double>(sample.size());
  Moments m;
  for (const double x : sample) m.mean += x / n;
  double fourth = 0;
  for (const double x : sample) {
    const double square = (x - m.mean) * (x - m.mean);
    m.variance += square / n;
    fourth += square * square / n;
  }
  m.variance_error = std::sqrt(std::max(0.0, fourth - m.variance * m.variance) / n);
  return m;
}

}  // namespace capplan::test
