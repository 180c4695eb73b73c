#include "plan/fit/contention_problem.h"

#include <algorithm>

#include "core/robust.h"
#include "core/worker_pool.h"
#include "plan/fit/fit.h"
#include "plan/fit/goodness.h"

namespace capplan::plan {

namespace {

constexpr int repeats = 2;          // replays of each capture at each step
constexpr double least_hot = 5e-6;  // seconds on a core

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
      const bool more = best != nullptr && best_count < enough_to_compare && c.durations.size() > best_count;
      const bool nearer = best != nullptr && c.durations.size() >= enough_to_compare && rank(capture) < rank(*best);
      if (best == nullptr || more || nearer) {
        best = &capture;
        best_count = c.durations.size();
      }
    }
  return best;
}

}  // namespace

ServiceCosts ContentionProblem::at(const Eigen::VectorXd& x) const {
  ServiceCosts costs;
  Eigen::Index i = 0;
  const auto next = [&] { return std::exp(x[i++]); };
  costs.probe = probe;
  costs.effects = effects;
  costs.round_trip = next() * effects.round_trip;
  costs.cold_after = next();
  costs.cold_cv = next();
  costs.idle_cold = next() * effects.idle_cold;
  costs.idle_cold_after = next();
  if (any_writes) {
    costs.flush = next();
    costs.flush_cv = next();
    costs.commit_cpu = next();
    if (!effects.commit_turns) costs.commit_waits = 1;
  }
  if (any_bouncer) costs.bouncer_cpu = next();
  const auto scales = static_cast<Eigen::Index>(coefficients.size());
  for (std::size_t c = 0; c < names.size(); ++c) {
    ClassCosts own{.name = names[c], .hot = {}, .cold = next() * effects.cold, .writes = writes[c]};
    const double scale = x.size() > scales ? std::exp(x[scales + static_cast<Eigen::Index>(c)]) : 1;
    const double elsewhere = (of_server[c] ? 0 : costs.round_trip) +
                             (own.writes ? costs.commit_waits * (costs.flush + costs.commit_cpu) : 0);
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

Replay ContentionProblem::replayed(const MeasuredCapture& capture, const ServiceCosts& costs,
                                   std::uint64_t with_seed) const {
  const Scenario scenario = capture_scenario(capture.manifest, to_calibration(costs), probe);
  return replay(scenario, with_seed, repeats, cancel);
}

std::vector<double> ContentionProblem::residuals(const MeasuredCapture& capture, const ServiceCosts& costs) const {
  const Replay simulated = replayed(capture, costs, replay_seed);
  std::vector<double> out;
  for (const MeasuredClass& c : capture.classes) {
    if (c.durations.size() < enough_to_compare) continue;
    const auto found = std::find_if(simulated.classes.begin(), simulated.classes.end(),
                                    [&](const ReplayedClass& r) { return r.name == c.name; });
    for (const auto& [p, spread] : compared_ranks) {
      if (found == simulated.classes.end() || found->durations.count() == 0) {
        out.push_back(0);
        continue;
      }
      const double scale = expected_miss(p, spread, c.durations.size());
      out.push_back(core::damped(std::log(found->durations.quantile(p) / sample_quantile(c.durations, p)) / scale));
    }
  }
  if (capture.manifest.server_cpu)
    out.push_back((simulated.cpu_seconds / simulated.seconds / capture.manifest.cores - *capture.manifest.server_cpu) /
                  cpu_spread);
  return out;
}

std::vector<Eigen::VectorXd> evaluate(const ContentionProblem& problem, const std::vector<Eigen::VectorXd>& places,
                                      int threads) {
  const std::size_t captures = problem.captures.size();
  std::vector<ServiceCosts> costs;
  for (const Eigen::VectorXd& x : places) costs.push_back(problem.at(x));
  std::vector<std::vector<double>> parts(places.size() * captures);
  core::WorkerPool(threads).run(parts.size(), [&](std::size_t i) {
    parts[i] = problem.residuals(*problem.captures[i % captures], costs[i / captures]);
  });

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

ContentionProblem pose(const std::vector<MeasuredCapture>& captures, ContentionFit& fit) {
  ContentionProblem problem;
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
        if (b.name == c.name)
          problem.durations.push_back(b.undisturbed.size() >= enough_to_compare ? b.undisturbed : b.durations);
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

}  // namespace capplan::plan
