#include "core/robust.h"

#include <algorithm>
#include <cmath>

namespace capplan::core {

double damped(double x) { return std::copysign(std::sqrt(2 * (std::sqrt(1 + x * x) - 1)), x); }

double robust_spread(std::vector<double> values) {
  if (values.empty()) return 0;
  for (double& v : values) v = std::fabs(v);
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return 1.4826 * *middle;
}

}  // namespace capplan::core
