#include "plan/fit/minimise.h"

#include <algorithm>

namespace capplan::plan {

namespace {
constexpr double step = 0.08;       // for slopes
constexpr double longest = 0.7;     // that a coefficient moves in one round
constexpr double worth_it = 0.002;  // of the sum of squares, that a round must gain
constexpr int most_rounds = 7;
}  // namespace

Minimum minimise(const Eigen::VectorXd& start, const ResidualsAt& residuals) {
  const Eigen::Index n = start.size();
  Minimum found{start, residuals({start}).front(), {}};
  double damping = 1;
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<Eigen::VectorXd> places(static_cast<std::size_t>(n), found.place);
    for (Eigen::Index i = 0; i < n; ++i) places[static_cast<std::size_t>(i)][i] += step;
    const std::vector<Eigen::VectorXd> moved = residuals(places);
    found.slopes.resize(found.residual.size(), n);
    for (Eigen::Index i = 0; i < n; ++i)
      found.slopes.col(i) = (moved[static_cast<std::size_t>(i)] - found.residual) / step;
    // Two dampings at once: one of them is usually right.
    bool better = false;
    double gained = 0;
    for (int attempt = 0; attempt < 2 && !better; ++attempt) {
      std::vector<Eigen::VectorXd> tries;
      for (const double d : {damping, damping * 4}) {
        Eigen::MatrixXd normal = found.slopes.transpose() * found.slopes;
        normal.diagonal() *= 1 + d;
        const Eigen::VectorXd change = normal.ldlt().solve(-found.slopes.transpose() * found.residual);
        tries.push_back(found.place + change.cwiseMax(-longest).cwiseMin(longest));
      }
      const std::vector<Eigen::VectorXd> outcomes = residuals(tries);
      const std::size_t best = outcomes[0].squaredNorm() <= outcomes[1].squaredNorm() ? 0 : 1;
      gained = found.residual.squaredNorm() - outcomes[best].squaredNorm();
      if (gained > 0) {
        found.place = tries[best];
        found.residual = outcomes[best];
        damping = std::max(0.01, damping / (best == 0 ? 8 : 2));
        better = true;
      } else {
        damping *= 16;
      }
    }
    if (!better || gained < worth_it * found.residual.squaredNorm()) break;
  }
  return found;
}

}  // namespace capplan::plan
