#pragma once
// How far a fit to captures may be off, and how far a further run may lie from it. Two things are resampled, and the
// fit is taken anew by one Gauss-Newton step with the slopes that it had (Davidson and MacKinnon 1999): windows of each
// capture's time with replacement (block bootstrap, Künsch 1989), which is chance within a capture; and what captures
// have of their own, a host faster or slower on the day and each class heavier or lighter (random effects, drawn from
// normals), which is scatter between captures. How wide the second is, held-out errors say: each capture is predicted
// from all others by the same step (PRESS, Allen 1974; damped as in the fit), and the draws are made to spread as far
// as the percentiles miss. Limits: linear in logarithms about the fit; shapes of distributions are not drawn; scatter
// has few degrees of freedom where captures are few, for which Student's factor stands.

#include <Eigen/Dense>

#include <vector>

namespace capplan::plan {

/// One capture in a fit made linear. Rows are residuals: ln(simulated / measured) over what it is expected to miss by.
struct CaptureRows {
  Eigen::VectorXd residual;       ///< at the fit
  Eigen::MatrixXd slopes;         ///< by the fitted coefficients
  Eigen::MatrixXd demand_slopes;  ///< by ln of each class's demand
  Eigen::MatrixXd resampled;      ///< what the residuals change by, a column a bootstrap replicate of its windows
  std::vector<bool> judged;       ///< rows of the percentiles that predictions are judged by
  std::vector<bool> has_class;    ///< whether it measured that class
};

struct LinearFit {
  std::vector<CaptureRows> captures;
  Eigen::VectorXd prior_spread;    ///< of each coefficient
  std::vector<int> base;           ///< of each class: the capture that its demand was taken from; -1: none of these
  Eigen::MatrixXd base_resampled;  ///< ln of its mean in each replicate of that capture's windows: class by replicate
};

/// Columns: the coefficients, then ln of each class's demand.
struct ParameterSpread {
  Eigen::MatrixXd of_fit;  ///< covariance of what was fitted
  Eigen::MatrixXd of_run;  ///< the same for a further run, which has a day of its own
  double host = 0;         ///< standard deviation of ln of all demands from capture to capture
  double klass = 0;        ///< and of each class's beside
};

/// Replicates of the bootstrap.
inline constexpr int bootstrap_replicates = 200;

/// Deterministic: the same fit gives the same bits. Every matrix of replicates has bootstrap_replicates columns.
ParameterSpread bootstrap(const LinearFit& fit);

}  // namespace capplan::plan
