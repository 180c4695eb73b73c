#include "plan/fit/capture_bootstrap.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"
#include "core/random.h"
#include "core/robust.h"

namespace capplan::plan {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double own_spread = 0.3;   // of ln demand, that one capture's own may be found at
constexpr double most_spread = 0.5;  // of ln demand from capture to capture; beyond that nothing is calibrated
constexpr double with_replay = 1.5;  // variance of a capture and of its replay, which is twice as long
constexpr std::uint64_t seed = 20;

/// Scatter of demands from capture to capture: of all together, and of each class beside.
struct Scatter {
  double host = 0;  // variances
  double klass = 0;

  MatrixXd covariance(Index classes) const {
    MatrixXd t = MatrixXd::Constant(classes, classes, host);
    t.diagonal().array() += klass;
    return t;
  }
};

class Bootstrap {
 public:
  explicit Bootstrap(const LinearFit& fit)
      : fit_(fit), n_(fit.prior_spread.size()), m_(static_cast<Index>(fit.base.size())) {
    MatrixXd normal = fit.prior_spread.cwiseAbs2().cwiseInverse().asDiagonal();
    for (const CaptureRows& c : fit.captures) normal += c.slopes.transpose() * c.slopes;
    inverse_ = normal.ldlt().solve(MatrixXd::Identity(n_, n_));
    for (const CaptureRows& c : fit.captures) {
      const MatrixXd hat = c.slopes * inverse_ * c.slopes.transpose();
      const Index rows = c.residual.size();
      const VectorXd left = (MatrixXd::Identity(rows, rows) - hat).ldlt().solve(c.residual);
      held_out_.push_back(left.unaryExpr(&core::damped));  // far from the fit the step is no longer a straight one
    }
  }

  ParameterSpread run() const {
    const Scatter scatter = shape();
    const auto [between, within] = covariances(scatter);
    const MatrixXd day = padded(scatter.covariance(m_));
    double missed = 0, from_scatter = 0;
    for (const std::size_t c : judges()) {
      const CaptureRows& rows = fit_.captures[c];
      MatrixXd slopes(rows.residual.size(), n_ + m_);
      slopes << rows.slopes, rows.demand_slopes;
      const VectorXd scattered = (slopes * (between + day) * slopes.transpose()).diagonal();
      for (Index i = 0; i < rows.residual.size(); ++i) {
        if (!rows.judged[static_cast<std::size_t>(i)]) continue;
        missed += held_out_[c][i] * held_out_[c][i];
        from_scatter += scattered[i];
      }
    }
    // As wide as held-out errors say. Chance within the captures is in them too, and is not taken off: of few captures
    // the difference would often be nothing. And few captures do not say it well.
    double wide = from_scatter > 1e-12 ? missed / from_scatter : 0;
    const double degrees = std::max(2.0, static_cast<double>(judges().size()));
    const double student = core::student_t_quantile(0.975, degrees) / 1.959964;
    wide *= student * student;
    const double total = scatter.host + scatter.klass;
    if (total * wide > most_spread * most_spread) wide = most_spread * most_spread / total;
    ParameterSpread spread;
    spread.of_fit = within + wide * between;
    spread.of_run = spread.of_fit + wide * day;
    spread.host = std::sqrt(wide * scatter.host);
    spread.klass = std::sqrt(wide * scatter.klass);
    return spread;
  }

 private:
  /// The captures that can say how far others are missed: those whose own durations were not taken for demands.
  std::vector<std::size_t> judges() const {
    std::vector<std::size_t> found, all;
    for (std::size_t c = 0; c < fit_.captures.size(); ++c) {
      long own = 0, has = 0;
      for (std::size_t k = 0; k < fit_.base.size(); ++k) {
        has += fit_.captures[c].has_class[k] ? 1 : 0;
        own += fit_.captures[c].has_class[k] && fit_.base[k] == static_cast<int>(c) ? 1 : 0;
      }
      if (2 * own <= has) found.push_back(c);
      all.push_back(c);
    }
    return found.empty() ? all : found;
  }

  /// What share of the scatter is the host's and what the classes', from demands fitted to each capture alone.
  Scatter shape() const {
    Scatter scatter;
    double hosts = 0, degrees = 0;
    for (const std::size_t c : judges()) {
      const CaptureRows& rows = fit_.captures[c];
      MatrixXd normal = rows.demand_slopes.transpose() * rows.demand_slopes;
      normal.diagonal().array() += 1 / (own_spread * own_spread);
      const VectorXd own = normal.ldlt().solve(rows.demand_slopes.transpose() * held_out_[c]);
      double mean = 0, square = 0, has = 0;
      for (Index k = 0; k < m_; ++k)
        if (rows.has_class[static_cast<std::size_t>(k)]) mean += own[k], ++has;
      if (has == 0) continue;
      mean /= has;
      for (Index k = 0; k < m_; ++k)
        if (rows.has_class[static_cast<std::size_t>(k)]) square += (own[k] - mean) * (own[k] - mean);
      scatter.host += mean * mean;
      scatter.klass += square;
      ++hosts;
      degrees += has - 1;
    }
    if (hosts > 0) scatter.host = std::max(scatter.host / hosts, 1e-8);
    if (degrees > 0) scatter.klass /= degrees;
    return scatter;
  }

  /// Of the fit: what comes of scatter between captures, and what of chance within them and of the priors.
  std::pair<MatrixXd, MatrixXd> covariances(const Scatter& scatter) const {
    MatrixXd between = MatrixXd::Zero(n_ + m_, n_ + m_), within = between;
    const std::size_t captures = fit_.captures.size();
    for (int b = 0; b < bootstrap_replicates; ++b) {
      core::Stream stream(seed, static_cast<std::uint64_t>(b), "calibration", "bootstrap");
      std::vector<VectorXd> day(captures + 1);  // of each capture, and of those that were not replayed
      for (VectorXd& d : day) {
        const double host = std::sqrt(scatter.host) * stream.normal();
        d.resize(m_);
        for (Index k = 0; k < m_; ++k) d[k] = host + std::sqrt(scatter.klass) * stream.normal();
      }
      VectorXd scattered(m_), chance(m_);
      for (Index k = 0; k < m_; ++k) {
        const int base = fit_.base[static_cast<std::size_t>(k)];
        scattered[k] = day[base < 0 ? captures : static_cast<std::size_t>(base)][k];
        chance[k] = fit_.base_resampled(k, b);
      }
      VectorXd pull = VectorXd::Zero(n_), other(n_);
      for (Index i = 0; i < n_; ++i) other[i] = stream.normal() / fit_.prior_spread[i];
      for (std::size_t c = 0; c < captures; ++c) {
        const CaptureRows& rows = fit_.captures[c];
        pull += rows.slopes.transpose() * (rows.demand_slopes * (scattered - day[c]));
        other +=
            rows.slopes.transpose() * (rows.demand_slopes * chance + std::sqrt(with_replay) * rows.resampled.col(b));
      }
      VectorXd moved(n_ + m_);
      moved << -inverse_ * pull, scattered;
      between += moved * moved.transpose();
      moved << -inverse_ * other, chance;
      within += moved * moved.transpose();
    }
    constexpr double replicates = bootstrap_replicates;
    return {between / replicates, within / replicates};
  }

  MatrixXd padded(const MatrixXd& of_demands) const {
    MatrixXd all = MatrixXd::Zero(n_ + m_, n_ + m_);
    all.bottomRightCorner(m_, m_) = of_demands;
    return all;
  }

  const LinearFit& fit_;
  Index n_, m_;
  MatrixXd inverse_;
  std::vector<VectorXd> held_out_;
};

}  // namespace

ParameterSpread bootstrap(const LinearFit& fit) { return Bootstrap(fit).run(); }

}  // namespace capplan::plan
