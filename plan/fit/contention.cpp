#include "plan/fit/contention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "core/random.h"
#include "core/robust.h"
#include "plan/fit/capture_bootstrap.h"
#include "plan/fit/contention_problem.h"
#include "plan/fit/fit.h"
#include "plan/fit/goodness.h"
#include "plan/fit/minimise.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

/// Appends ln(simulated / measured) of p50, p95 and p99 of each class.
void differences(const ContentionProblem& problem, const MeasuredCapture& capture, const ServiceCosts& costs,
                 std::array<std::vector<double>, 3>& into) {
  const Replay simulated = problem.replayed(capture, costs, replay_seed + 1);
  for (const MeasuredClass& c : capture.classes)
    for (const ReplayedClass& r : simulated.classes) {
      if (r.name != c.name || c.durations.size() < enough_to_compare || r.durations.count() == 0) continue;
      constexpr double ranks[] = {0.5, 0.95, 0.99};
      for (std::size_t i = 0; i < 3; ++i)
        into[i].push_back(std::log(r.durations.quantile(ranks[i]) / sample_quantile(c.durations, ranks[i])));
    }
}

/// Captures that were left out of a fit lie 1.35 times as far from it as those within (docs/validation.md);
/// `least` where a few captures happen to agree: a real run repeated on a quiet host moves by that.
double spread_left(std::vector<double> values, double least) {
  if (values.empty()) return 2 * least;
  return std::max(least, 1.35 * core::robust_spread(std::move(values)));
}

/// How often each window of a capture is drawn in one replicate of the bootstrap.
std::array<int, capture_windows> drawn_windows(const std::string& capture, int replicate) {
  std::array<int, capture_windows> times{};
  core::Stream stream(replay_seed, static_cast<std::uint64_t>(replicate), capture, "windows");
  for (int i = 0; i < capture_windows; ++i) ++times[stream.below(capture_windows)];
  return times;
}

/// The percentiles that are compared, of a class's durations with their windows drawn so often; empty if none was.
std::vector<double> resampled_percentiles(const MeasuredClass& c, const std::array<int, capture_windows>& times) {
  double total = 0, passed = 0;
  for (const std::uint8_t window : c.windows) total += times[window];
  std::vector<double> values;
  std::size_t at = 0;
  for (std::size_t i = 0; i < c.durations.size() && at < std::size(compared_ranks) && total > 0; ++i) {
    passed += times[c.windows[i]];
    while (at < std::size(compared_ranks) && passed >= compared_ranks[at].p * total) {
      values.push_back(c.durations[i]);
      ++at;
    }
  }
  return values;
}

double resampled_mean(const MeasuredClass& c, const std::array<int, capture_windows>& times) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < c.windows.size(); ++i) {
    sum += times[c.windows[i]] * c.durations[i];
    total += times[c.windows[i]];
  }
  return total > 0 ? sum / total : 0;
}

/// One capture's rows of the fit made linear; `first` is its first row there.
CaptureRows rows_of(const ContentionProblem& problem, const MeasuredCapture& capture, const Minimum& found,
                    const Eigen::MatrixXd& demand_slopes, Eigen::Index first) {
  CaptureRows rows;
  std::vector<std::vector<double>> changes(bootstrap_replicates);
  rows.has_class.assign(problem.names.size(), false);
  std::array<int, capture_windows> as_measured;
  as_measured.fill(1);
  for (const MeasuredClass& c : capture.classes) {
    if (c.durations.size() < enough_to_compare) continue;
    rows.has_class[static_cast<std::size_t>(std::find(problem.names.begin(), problem.names.end(), c.name) -
                                            problem.names.begin())] = true;
    const std::vector<double> measured = resampled_percentiles(c, as_measured);
    for (const auto& [p, spread] : compared_ranks) rows.judged.push_back(p == 0.5 || p > 0.9);
    for (int b = 0; b < bootstrap_replicates; ++b) {
      const std::vector<double> values = resampled_percentiles(c, drawn_windows(capture.manifest.name, b));
      for (std::size_t i = 0; i < std::size(compared_ranks); ++i) {
        const double scale = expected_miss(compared_ranks[i].p, compared_ranks[i].spread, c.durations.size());
        changes[static_cast<std::size_t>(b)].push_back(values.empty() ? 0 : std::log(measured[i] / values[i]) / scale);
      }
    }
  }
  if (capture.manifest.server_cpu) {
    rows.judged.push_back(false);
    for (std::vector<double>& change : changes) change.push_back(0);
  }
  const auto count = static_cast<Eigen::Index>(rows.judged.size());
  rows.residual = found.residual.segment(first, count);
  rows.slopes = found.slopes.middleRows(first, count);
  rows.demand_slopes = demand_slopes.middleRows(first, count);
  rows.resampled.resize(count, bootstrap_replicates);
  for (int b = 0; b < bootstrap_replicates; ++b)
    rows.resampled.col(b) = Eigen::Map<Eigen::VectorXd>(changes[static_cast<std::size_t>(b)].data(), count);
  return rows;
}

/// From coefficients and demand scales to what a calibration file holds: a class's demand hot is what its durations
/// leave once the coefficients have had theirs, and its demand scale is in its cold cost too.
Eigen::MatrixXd as_held(const ContentionProblem& problem, const Eigen::VectorXd& place) {
  constexpr double step = 0.02;
  const auto n = static_cast<Eigen::Index>(problem.coefficients.size());
  const auto m = static_cast<Eigen::Index>(problem.names.size());
  Eigen::MatrixXd held = Eigen::MatrixXd::Identity(n + m, n + m);
  const ServiceCosts here = problem.at(place);
  for (Eigen::Index i = 0; i < n; ++i) {
    Eigen::VectorXd aside = place;
    aside[i] += step;
    const ServiceCosts there = problem.at(aside);
    for (Eigen::Index k = 0; k < m; ++k) {
      const auto c = static_cast<std::size_t>(k);
      held(n + k, i) = std::log(there.classes[c].hot.mean() / here.classes[c].hot.mean()) / step;
    }
  }
  for (Eigen::Index k = 0; k < m; ++k) held(n - m + k, n + k) = 1;  // the cold costs are the last coefficients
  return held;
}

/// Intervals of what was fitted, and how all of it may move together in a further run.
void add_intervals(const ContentionProblem& problem, const Minimum& found, int threads, ContentionFit& fit) {
  const auto n = static_cast<Eigen::Index>(problem.coefficients.size());
  const auto m = static_cast<Eigen::Index>(problem.names.size());
  constexpr double step = 0.08;
  Eigen::VectorXd place(n + m);
  place << found.place, Eigen::VectorXd::Zero(m);
  std::vector<Eigen::VectorXd> places(static_cast<std::size_t>(m), place);
  for (Eigen::Index k = 0; k < m; ++k) places[static_cast<std::size_t>(k)][n + k] = step;
  Eigen::MatrixXd demand_slopes(found.residual.size(), m);
  const std::vector<Eigen::VectorXd> moved = evaluate(problem, places, threads);
  for (Eigen::Index k = 0; k < m; ++k)
    demand_slopes.col(k) = (moved[static_cast<std::size_t>(k)] - found.residual) / step;

  LinearFit linear;
  Eigen::Index first = n;
  for (const MeasuredCapture* capture : problem.captures) {
    linear.captures.push_back(rows_of(problem, *capture, found, demand_slopes, first));
    first += linear.captures.back().residual.size();
  }
  linear.prior_spread.resize(n);
  for (Eigen::Index i = 0; i < n; ++i)
    linear.prior_spread[i] = problem.coefficients[static_cast<std::size_t>(i)].spread;
  linear.base_resampled = Eigen::MatrixXd::Zero(m, bootstrap_replicates);
  std::array<int, capture_windows> as_measured;
  as_measured.fill(1);
  for (Eigen::Index k = 0; k < m; ++k) {
    const MeasuredCapture* base = problem.bases[static_cast<std::size_t>(k)];
    const auto at = std::find(problem.captures.begin(), problem.captures.end(), base);
    linear.base.push_back(at == problem.captures.end() ? -1 : static_cast<int>(at - problem.captures.begin()));
    for (const MeasuredClass& c : base->classes) {
      if (c.name != problem.names[static_cast<std::size_t>(k)]) continue;
      const double mean = resampled_mean(c, as_measured);
      for (int b = 0; b < bootstrap_replicates; ++b) {
        const double value = resampled_mean(c, drawn_windows(base->manifest.name, b));
        if (value > 0 && mean > 0) linear.base_resampled(k, b) = std::log(value / mean);
      }
    }
  }
  const ParameterSpread spread = bootstrap(linear);
  const Eigen::MatrixXd held = as_held(problem, found.place);
  const Eigen::MatrixXd of_fit = held * spread.of_fit * held.transpose();
  const Eigen::MatrixXd of_run = held * spread.of_run * held.transpose();

  fit.uncertainty.captures = static_cast<int>(problem.captures.size());
  fit.uncertainty.host = spread.host;
  fit.uncertainty.klass = spread.klass;
  for (Eigen::Index i = 0; i < n + m; ++i) {
    const bool demand = i >= n;
    const auto c = static_cast<std::size_t>(demand ? i - n : i);
    const std::string name = demand ? "demand." + problem.names[c] : problem.coefficients[c].name;
    const double value = demand ? fit.costs.classes[c].hot.mean() : std::exp(found.place[i]);
    const double wide = std::sqrt(std::max(0.0, of_fit(i, i)));
    fit.fitted.push_back({name,
                          {value, value * std::exp(-1.96 * wide), value * std::exp(1.96 * wide), true},
                          demand || wide < 0.7 * problem.coefficients[c].spread});
    fit.uncertainty.names.push_back(name);
    for (Eigen::Index j = 0; j < n + m; ++j) fit.uncertainty.covariance.push_back(of_run(i, j));
  }
}

}  // namespace

models::Table fitted_calibration(const ContentionFit& fit) {
  using unwritten::raw;
  models::Table calibration = to_calibration(fit.costs);
  models::Table spread{{"p50", raw(fit.spread_p50)}, {"p95", raw(fit.spread_p95)}, {"p99", raw(fit.spread_p99)}};
  models::Table contention{
      {"probe", raw(fit.costs.probe)}, {"lateness", raw(fit.costs.lateness)}, {"spread", raw(std::move(spread))}};
  models::Table head{{"contention", raw(std::move(contention))}};
  if (!fit.uncertainty.names.empty()) head.emplace_back("uncertainty", raw(to_table(fit.uncertainty)));
  calibration.emplace_back("calibration", raw(std::move(head)));
  return calibration;
}

bool can_fit_contention(const std::vector<MeasuredCapture>& captures) {
  std::vector<std::pair<int, double>> loads;
  for (const MeasuredCapture& capture : captures) {
    const CaptureManifest& m = capture.manifest;
    if (is_full(m)) continue;
    const std::pair<int, double> load{m.connections, m.rate};
    if (std::find(loads.begin(), loads.end(), load) == loads.end()) loads.push_back(load);
  }
  return loads.size() >= 2;
}

ContentionFit fit_contention(const std::vector<MeasuredCapture>& captures, const ContentionOptions& options) {
  ContentionFit fit;
  ContentionProblem problem = pose(captures, fit);
  problem.cancel = options.cancel;
  problem.effects = options.effects;
  const auto n = static_cast<Eigen::Index>(problem.coefficients.size());
  Eigen::VectorXd start(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto c = static_cast<std::size_t>(i);
    start[i] = options.start.empty() ? std::log(problem.coefficients[c].prior) : options.start.at(c);
  }
  const Minimum found = minimise(
      start, [&](const std::vector<Eigen::VectorXd>& places) { return evaluate(problem, places, options.threads); });
  fit.costs = problem.at(found.place);
  fit.place.assign(found.place.begin(), found.place.end());

  std::vector<double> lateness;
  for (const MeasuredCapture* capture : problem.captures)
    if (capture->manifest.open()) lateness.push_back(capture->median_wait);
  if (!lateness.empty()) fit.costs.lateness = *std::min_element(lateness.begin(), lateness.end());

  if (options.intervals) add_intervals(problem, found, options.threads, fit);
  std::array<std::vector<double>, 3> left;
  for (const MeasuredCapture* capture : problem.captures) differences(problem, *capture, fit.costs, left);
  fit.spread_p50 = spread_left(left[0], 0.06);
  fit.spread_p95 = spread_left(left[1], 0.09);
  fit.spread_p99 = spread_left(left[2], 0.12);
  const Eigen::Index data = found.residual.size() - n;
  fit.residual = data > 0 ? std::sqrt(found.residual.tail(data).squaredNorm() / static_cast<double>(data)) : 0;
  return fit;
}

}  // namespace capplan::plan
