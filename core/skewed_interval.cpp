#include "core/skewed_interval.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"
#include "core/moments.h"

namespace capplan::core {

namespace {

/// Fewest values whose skewness says anything.
constexpr std::size_t fewest_values = 8;

double skewness(std::span<const double> values, const Moments& moments) {
  const auto n = static_cast<double>(values.size());
  double cubes = 0;
  for (const double value : values) cubes += std::pow(value - moments.mean(), 3);
  return cubes / n / std::pow(moments.variance() * (n - 1) / n, 1.5);
}

/// Of the studentized mean: the value that Hall's transformation takes to y.
double before_transformation(double y, double lean) {
  return std::abs(lean) < 1e-9 ? y : 3 / lean * (std::cbrt(1 + lean * (y - lean / 6)) - 1);
}

}  // namespace

Estimate with_skewness(Estimate estimate, std::span<const double> values, double confidence) {
  const Moments moments(values);
  if (!estimate.known || values.size() < fewest_values || !moments.usable() || !(moments.variance() > 0))
    return estimate;
  const auto n = static_cast<double>(values.size());
  const double reach = student_t_quantile((1 + confidence) / 2, n - 1), error = moments.standard_error();
  const double lean = skewness(values, moments) / std::sqrt(n);
  estimate.lo = std::min(estimate.lo, estimate.value - error * before_transformation(reach, lean));
  estimate.hi = std::max(estimate.hi, estimate.value - error * before_transformation(-reach, lean));
  return estimate;
}

}  // namespace capplan::core
