#pragma once
// Least squares where residuals come from simulations: dear, and rough on a small scale. Levenberg and Marquardt with
// slopes over steps that are wide against the roughness; places are handed over together, so that they can be worked on
// at once. Source: Marquardt 1963; Nocedal and Wright, Numerical Optimization, 10.3. Limits: meant for coefficients
// that are logarithms, of order one; seven rounds at most.

#include <Eigen/Dense>

#include <functional>
#include <vector>

namespace capplan::plan {

/// Residuals at each of several places, in their order.
using ResidualsAt = std::function<std::vector<Eigen::VectorXd>(const std::vector<Eigen::VectorXd>&)>;

struct Minimum {
  Eigen::VectorXd place;
  Eigen::VectorXd residual;  ///< there
  Eigen::MatrixXd slopes;    ///< of the residuals, at the last place where they were taken
};

Minimum minimise(const Eigen::VectorXd& start, const ResidualsAt& residuals);

}  // namespace capplan::plan
