#pragma once
// Statistics that outliers do not move far. Sources: the pseudo-Huber loss (Charbonnier et al. 1997); the median
// absolute deviation, Hampel 1974.

#include <vector>

namespace capplan::core {

/// A residual to be squared: grows like x near zero and like its square root far out.
double damped(double x);

/// The value that half of the values do not exceed: the upper one of the two in the middle. 0 of none.
double median(std::vector<double> values);

/// 1.4826 x the median of absolute values: the standard deviation of a normal sample about zero. 0 of none.
double robust_spread(std::vector<double> values);

}  // namespace capplan::core
