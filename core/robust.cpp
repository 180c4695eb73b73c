#include "core/robust.h"

#include <algorithm>
#include <cmath>

namespace capplan::core {

double damped(double x) { return std::copysign(std::sqrt(2 * (std::sqrt(1 + x * x) - 1)), x); }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double robust_spread(std::vector<double> values) {
  for (double& v : values) v = std::fabs(v);
  return 1.4826 * median(std::move(values));
}

}  // namespace capplan::core
