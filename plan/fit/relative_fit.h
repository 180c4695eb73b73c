#pragma once
// A time as a sum of known sizes, each with a cost to be found: least squares over relative errors, so that short
// measurements count as much as long ones. Costs are 0 or more: a term that would be given back is left out. Meant for
// two to four terms; the normal equations are solved directly.

#include <span>
#include <vector>

namespace capplan::plan {

/// One measurement: how much of each term it holds, and what it took (above 0).
struct FitPoint {
  std::vector<double> terms;
  double measured = 0;
};

struct RelativeFit {
  std::vector<double> costs;      ///< of one unit of each term
  double residual = 0;            ///< root mean square of the relative errors
  double leave_one_out = 0;       ///< the same, each point predicted from all others
  double leave_one_out_most = 0;  ///< the largest of those errors
};

/// Throws std::invalid_argument with fewer points than terms + 1, or points of unlike size.
RelativeFit fit_relative(std::span<const FitPoint> points);

}  // namespace capplan::plan
