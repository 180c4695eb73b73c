#include "plan/calibrate/contention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <exception>
#include <thread>

#include "core/random.h"
#include "core/robust.h"
#include "plan/calibrate/capture_bootstrap.h"
#include "plan/calibrate/fit.h"
#include "plan/calibrate/goodness.h"
#include "plan/calibrate/minimise.h"
#include "plan/scenario/unwritten.h"

namespace capplan::plan {

namespace {

constexpr double full = 0.97;        // of the server's cores
constexpr std::size_t enough = 100;  // requests of a class that percentiles are compared for
constexpr std::uint64_t seed = 20;   // of the replays; any would do
constexpr int repeats = 2;           // replays of each capture at each step
constexpr double least_hot = 5e-6;   // seconds on a core

/// A percentile that is compared, and how closely it can be expected to agree: what repeating a real run moves it by.
struct Compared {
  double p;
  double spread;
};
constexpr Compared compared[] = {{0.10, 0.10}, {0.50, 0.06}, {0.75, 0.08}, {0.95, 0.12}, {0.99, 0.20}};
constexpr double cpu_spread = 0.01;  // of the busy share

/// By what ln of a percentile of `count` durations may be missed.
double expected(double p, double spread, std::size_t count) {
  const double chance = 0.6 * std::sqrt(p / (1 - p) / static_cast<double>(count));
  return std::sqrt(spread * spread + chance * chance);
}

bool is_full(const CaptureManifest& m) { return m.clients > 1 && m.server_cpu && *m.server_cpu > full; }

/// Whether a class writes: as the captures that have it say, else by the verb that its name starts with.
bool is_write(const std::string& name, const std::vector<MeasuredCapture>& captures) {
  bool said = false;
  for (const MeasuredCapture& capture : captures) {
    const CaptureManifest& m = capture.manifest;
    if (!m.writes || std::find(m.classes.begin(), m.classes.end(), name) == m.classes.end()) continue;
    if (std::find(m.writes->begin(), m.writes->end(), name) != m.writes->end()) return true;
    said = true;
  }
  if (said) return false;
  for (const char* verb : {"insert", "update", "delete", "upsert", "merge", "create", "write", "save", "store", "put"})
    if (name.starts_with(verb)) return true;
  return false;
}

/// The coefficients that are moved: logarithms, with prior and spread of it.
struct Coefficient {
  std::string name;
  double prior;
  double spread;
};

/// The captures, what is known of the classes before the fit, and the costs at a place in the space of coefficients.
struct Problem {
  std::vector<const MeasuredCapture*> captures;
  std::vector<std::string> names;                 // of classes
  std::vector<bool> writes;                       // each commits a change
  std::vector<std::vector<double>> durations;     // of each class, in its base capture
  std::vector<bool> of_server;                    // these durations are the server's own, without the way to the client
  std::vector<double> speed;                      // of the host during that capture, against the probe's reference
  std::vector<double> rest;                       // mean of a backend between two statements then, seconds
  std::vector<double> idle;                       // mean of the server between two statements, seconds
  std::vector<const MeasuredCapture*> bases;      // of each class
  std::vector<Coefficient> coefficients;
  double probe = 0;
  bool any_writes = false;
  bool any_bouncer = false;
  const std::atomic<bool>* cancel = nullptr;

  /// Behind the coefficients may stand, for each class, ln of how many times as much it demands as its base says.
  ServiceCosts at(const Eigen::VectorXd& x) const;
  Replay replayed(const MeasuredCapture& capture, const ServiceCosts& costs, std::uint64_t with_seed) const;
  std::vector<double> residuals(const MeasuredCapture& capture, const ServiceCosts& costs) const;
};

ServiceCosts Problem::at(const Eigen::VectorXd& x) const {
  ServiceCosts costs;
  Eigen::Index i = 0;
  const auto next = [&] { return std::exp(x[i++]); };
  costs.probe = probe;
  costs.round_trip = next();
  costs.cold_after = next();
  costs.cold_cv = next();
  costs.idle_cold = next();
  costs.idle_cold_after = next();
  if (any_writes) {
    costs.flush = next();
    costs.flush_cv = next();
    costs.commit_cpu = next();
  }
  if (any_bouncer) costs.bouncer_cpu = next();
  const auto scales = static_cast<Eigen::Index>(coefficients.size());
  for (std::size_t c = 0; c < names.size(); ++c) {
    ClassCosts own{.name = names[c], .hot = {}, .cold = next(), .writes = writes[c]};
    const double scale = x.size() > scales ? std::exp(x[scales + static_cast<Eigen::Index>(c)]) : 1;
    const double elsewhere =
        (of_server[c] ? 0 : costs.round_trip) + (own.writes ? costs.commit_waits * (costs.flush + costs.commit_cpu) : 0);
    std::vector<double> hot = durations[c];
    // What the backends of that capture had lost in their rests: next to nothing with a single client.
    const double lost = own.cold * (rest[c] / (rest[c] + costs.cold_after) +
                                    costs.idle_cold * idle[c] / (idle[c] + costs.idle_cold_after));
    for (double& t : hot) t = std::max(least_hot, (t - elsewhere) * speed[c] - lost);
    own.hot = hot.front() < hot.back() ? empirical_knots(hot) : core::Distribution::deterministic(hot.front());
    if (scale != 1) {
      own.hot = own.hot.scaled(scale);
      own.cold *= scale;
    }
    costs.classes.push_back(std::move(own));
  }
  return costs;
}

Replay Problem::replayed(const MeasuredCapture& capture, const ServiceCosts& costs, std::uint64_t with_seed) const {
  const Scenario scenario = capture_scenario(capture.manifest, to_calibration(costs), probe);
  Replay simulated;
  for (int k = 0; k < repeats; ++k) replay(scenario, with_seed, static_cast<std::uint64_t>(k), simulated, cancel);
  return simulated;
}

std::vector<double> Problem::residuals(const MeasuredCapture& capture, const ServiceCosts& costs) const {
  const Replay simulated = replayed(capture, costs, seed);
  std::vector<double> out;
  for (const MeasuredClass& c : capture.classes) {
    if (c.durations.size() < enough) continue;
    const auto found = std::find_if(simulated.classes.begin(), simulated.classes.end(),
                                    [&](const ReplayedClass& r) { return r.name == c.name; });
    for (const auto& [p, spread] : compared) {
      if (found == simulated.classes.end() || found->durations.count() == 0) {
        out.push_back(0);
        continue;
      }
      const double scale = expected(p, spread, c.durations.size());
      out.push_back(core::damped(std::log(found->durations.quantile(p) / sample_quantile(c.durations, p)) / scale));
    }
  }
  if (capture.manifest.server_cpu)
    out.push_back((simulated.cpu_seconds / simulated.seconds / capture.manifest.cores - *capture.manifest.server_cpu) /
                  cpu_spread);
  return out;
}

/// Appends ln(simulated / measured) of p50, p95 and p99 of each class.
void differences(const Problem& problem, const MeasuredCapture& capture, const ServiceCosts& costs,
                 std::array<std::vector<double>, 3>& into) {
  const Replay simulated = problem.replayed(capture, costs, seed + 1);
  for (const MeasuredClass& c : capture.classes)
    for (const ReplayedClass& r : simulated.classes) {
      if (r.name != c.name || c.durations.size() < enough || r.durations.count() == 0) continue;
      constexpr double ranks[] = {0.5, 0.95, 0.99};
      for (std::size_t i = 0; i < 3; ++i)
        into[i].push_back(std::log(r.durations.quantile(ranks[i]) / sample_quantile(c.durations, ranks[i])));
    }
}

/// Captures that were left out of a fit lie 1.35 times as far from it as those within (docs/validation-captures.md);
/// `least` where a few captures happen to agree: a real run repeated on a quiet host moves by that.
double spread_left(std::vector<double> values, double least) {
  if (values.empty()) return 2 * least;
  return std::max(least, 1.35 * core::robust_spread(std::move(values)));
}

/// Residuals of all captures at each of several places, on threads; the order does not depend on them.
std::vector<Eigen::VectorXd> evaluate(const Problem& problem, const std::vector<Eigen::VectorXd>& places, int threads) {
  const std::size_t captures = problem.captures.size();
  std::vector<ServiceCosts> costs;
  for (const Eigen::VectorXd& x : places) costs.push_back(problem.at(x));
  std::vector<std::vector<double>> parts(places.size() * captures);
  std::vector<std::exception_ptr> failures(parts.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i; (i = next++) < parts.size();) try {
        parts[i] = problem.residuals(*problem.captures[i % captures], costs[i / captures]);
      } catch (...) {
        failures[i] = std::current_exception();
      }
  };
  std::vector<std::thread> crew;
  for (int t = 1; t < threads; ++t) crew.emplace_back(work);
  work();
  for (std::thread& thread : crew) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);

  std::vector<Eigen::VectorXd> result;
  for (std::size_t k = 0; k < places.size(); ++k) {
    std::vector<double> all;
    for (std::size_t i = 0; i < problem.coefficients.size(); ++i) {
      const Coefficient& c = problem.coefficients[i];
      all.push_back((places[k][static_cast<Eigen::Index>(i)] - std::log(c.prior)) / c.spread);
    }
    for (std::size_t c = 0; c < captures; ++c)
      all.insert(all.end(), parts[k * captures + c].begin(), parts[k * captures + c].end());
    result.push_back(Eigen::Map<Eigen::VectorXd>(all.data(), static_cast<Eigen::Index>(all.size())));
  }
  return result;
}

/// How often each window of a capture is drawn in one replicate of the bootstrap.
std::array<int, capture_windows> drawn_windows(const std::string& capture, int replicate) {
  std::array<int, capture_windows> times{};
  core::Stream stream(seed, static_cast<std::uint64_t>(replicate), capture, "windows");
  for (int i = 0; i < capture_windows; ++i) ++times[stream.below(capture_windows)];
  return times;
}

/// The percentiles that are compared, of a class's durations with their windows drawn so often; empty if none was.
std::vector<double> resampled_percentiles(const MeasuredClass& c, const std::array<int, capture_windows>& times) {
  double total = 0, passed = 0;
  for (const std::uint8_t window : c.windows) total += times[window];
  std::vector<double> values;
  std::size_t at = 0;
  for (std::size_t i = 0; i < c.durations.size() && at < std::size(compared) && total > 0; ++i) {
    passed += times[c.windows[i]];
    while (at < std::size(compared) && passed >= compared[at].p * total) {
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
CaptureRows rows_of(const Problem& problem, const MeasuredCapture& capture, const Minimum& found,
                    const Eigen::MatrixXd& demand_slopes, Eigen::Index first) {
  CaptureRows rows;
  std::vector<std::vector<double>> changes(bootstrap_replicates);
  rows.has_class.assign(problem.names.size(), false);
  std::array<int, capture_windows> as_measured;
  as_measured.fill(1);
  for (const MeasuredClass& c : capture.classes) {
    if (c.durations.size() < enough) continue;
    rows.has_class[static_cast<std::size_t>(std::find(problem.names.begin(), problem.names.end(), c.name) -
                                            problem.names.begin())] = true;
    const std::vector<double> measured = resampled_percentiles(c, as_measured);
    for (const auto& [p, spread] : compared) rows.judged.push_back(p == 0.5 || p > 0.9);
    for (int b = 0; b < bootstrap_replicates; ++b) {
      const std::vector<double> values = resampled_percentiles(c, drawn_windows(capture.manifest.name, b));
      for (std::size_t i = 0; i < std::size(compared); ++i) {
        const double scale = expected(compared[i].p, compared[i].spread, c.durations.size());
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
Eigen::MatrixXd as_held(const Problem& problem, const Eigen::VectorXd& place) {
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
void add_intervals(const Problem& problem, const Minimum& found, int threads, ContentionFit& fit) {
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

/// The capture whose durations of a class are nearest to what it costs alone: few connections, then a quiet server.
const MeasuredCapture* base_of(const std::string& name, const std::vector<MeasuredCapture>& captures) {
  const MeasuredCapture* best = nullptr;
  std::size_t best_count = 0;
  for (const MeasuredCapture& capture : captures)
    for (const MeasuredClass& c : capture.classes) {
      if (c.name != name || c.durations.empty()) continue;
      const auto rank = [](const MeasuredCapture& m) {
        return std::pair{m.manifest.connections, m.manifest.server_cpu.value_or(0)};
      };
      const bool more = best != nullptr && best_count < enough && c.durations.size() > best_count;
      const bool nearer = best != nullptr && c.durations.size() >= enough && rank(capture) < rank(*best);
      if (best == nullptr || more || nearer) {
        best = &capture;
        best_count = c.durations.size();
      }
    }
  return best;
}

Problem pose(const std::vector<MeasuredCapture>& captures, ContentionFit& fit) {
  Problem problem;
  for (const MeasuredCapture& capture : captures) {
    if (is_full(capture.manifest)) {
      fit.left_out.push_back(capture.manifest.name + ": the server was full");
      continue;
    }
    problem.captures.push_back(&capture);
    fit.captures.push_back(capture.manifest.name);
    if (capture.manifest.path == CaptureManifest::Path::pgbouncer) problem.any_bouncer = true;
  }
  const MeasuredCapture* first = nullptr;
  for (const MeasuredCapture& capture : captures)
    for (const MeasuredClass& c : capture.classes) {
      if (std::find(problem.names.begin(), problem.names.end(), c.name) != problem.names.end()) continue;
      const MeasuredCapture* base = base_of(c.name, captures);
      if (base == nullptr) continue;
      if (first == nullptr) {
        first = base;
        problem.probe = base->manifest.probe();
      }
      for (const MeasuredClass& b : base->classes)
        if (b.name == c.name) problem.durations.push_back(b.undisturbed.size() >= enough ? b.undisturbed : b.durations);
      const double rate = std::max(base->completed_per_s, 1e-9);
      const double busy = std::min(1.0, base->manifest.server_cpu.value_or(0));
      problem.idle.push_back((1 - busy) / rate);
      const bool closed_loop = !base->manifest.open() && base->manifest.connections == 1;
      problem.rest.push_back(closed_loop ? 0 : std::max(0.0, base->manifest.connections / rate - busy / rate));
      if (closed_loop) problem.idle.back() = 0;
      problem.names.push_back(c.name);
      problem.of_server.push_back(base->manifest.of_server());
      problem.bases.push_back(base);
      const double probe = base->manifest.probe();
      problem.speed.push_back(problem.probe > 0 && probe > 0 ? problem.probe / probe : 1);
      problem.writes.push_back(is_write(c.name, captures));
      problem.any_writes = problem.any_writes || problem.writes.back();
    }
  fit.base = first != nullptr ? first->manifest.name : "";

  problem.coefficients = {{"round_trip", 30e-6, 0.3},
                          {"cold_after", 12e-3, 0.7},
                          {"cold_cv", 0.5, 0.4},
                          {"idle_cold", 0.4, 0.7},
                          {"idle_cold_after", 5e-3, 0.5}};
  if (problem.any_writes) {
    // Disks differ by orders of magnitude: about where a fifth of a write's time, for each of its flushes, would be.
    std::vector<double> typical;
    for (std::size_t c = 0; c < problem.names.size(); ++c)
      if (problem.writes[c]) typical.push_back(sample_quantile(problem.durations[c], 0.5));
    problem.coefficients.push_back({"fsync", std::max(20e-6, 0.2 * core::median(typical)), 1.0});
    problem.coefficients.push_back({"fsync_cv", 0.5, 0.5});
    problem.coefficients.push_back({"commit_cpu", 20e-6, 0.7});
  }
  if (problem.any_bouncer) problem.coefficients.push_back({"query_cpu", 20e-6, 0.5});
  for (std::size_t c = 0; c < problem.names.size(); ++c) {
    const double typical = sample_quantile(problem.durations[c], 0.5);
    // Half of a short statement, less of a long one: what there is to fetch again is bounded by the caches.
    problem.coefficients.push_back({"cold." + problem.names[c], 0.5 * typical / (1 + typical / 1e-3), 0.8});
  }
  return problem;
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

ContentionFit fit_contention(const std::vector<MeasuredCapture>& captures, int threads,
                             const std::atomic<bool>* cancel) {
  ContentionFit fit;
  Problem problem = pose(captures, fit);
  problem.cancel = cancel;
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const auto n = static_cast<Eigen::Index>(problem.coefficients.size());
  Eigen::VectorXd start(n);
  for (Eigen::Index i = 0; i < n; ++i) start[i] = std::log(problem.coefficients[static_cast<std::size_t>(i)].prior);
  const Minimum found =
      minimise(start, [&](const std::vector<Eigen::VectorXd>& places) { return evaluate(problem, places, threads); });
  fit.costs = problem.at(found.place);

  std::vector<double> lateness;
  for (const MeasuredCapture* capture : problem.captures)
    if (capture->manifest.open()) lateness.push_back(capture->median_wait);
  if (!lateness.empty()) fit.costs.lateness = *std::min_element(lateness.begin(), lateness.end());

  add_intervals(problem, found, threads, fit);
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
