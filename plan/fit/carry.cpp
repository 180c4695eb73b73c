#include "plan/fit/carry.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/units.h"
#include "plan/fit/replay.h"
#include "plan/fit/service_costs.h"
#include "plan/format/raw_values.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;

constexpr int runs = 6;
constexpr std::uint64_t seed = 11;
constexpr double most_requests = 40'000;  // of one replay: longer captures are replayed for a part of their length
constexpr double least_replayed = 20;     // requests of a class in a run

/// The load of a capture as far as the calibration has costs for it, cut to what a replay needs.
CaptureManifest replayed(const CaptureBaseline& b, const Table& calibration) {
  CaptureManifest m = b.load;
  const Table* queries = table_in(&calibration, "query");
  double all = 0, kept = 0;
  for (const auto& [name, weight] : m.mix) all += weight;
  const auto costs = [&](const std::string& name) {
    return queries != nullptr && models::find(*queries, name) != nullptr;
  };
  std::erase_if(m.mix, [&](const auto& entry) { return !costs(entry.first); });
  std::erase_if(m.classes, [&](const std::string& name) { return !costs(name); });
  for (const auto& [name, weight] : m.mix) kept += weight;
  if (!(kept > 0))
    throw core::InputError({b.load.file, 0, 0}, "capture.classes",
                           "the calibration has costs of none of the capture's classes",
                           "calibrate captures of the same classes");
  m.rate *= kept / all;
  const double rate = b.rate.known ? std::exp(b.rate.value) : std::max(m.rate, 1.0);
  const double longest = std::max(10.0, most_requests / std::max(rate, 1e-9));
  m.duration = std::min(m.duration, core::to_nanos(longest));
  return m;
}

/// ln of the ratio of two replays' percentiles, run by run.
LogLevel ratio(const std::vector<Replay>& from, const std::vector<Replay>& to, const std::string& name, double p) {
  const auto quantile = [&](const Replay& replay) {
    for (const ReplayedClass& c : replay.classes)
      if (c.name == name && static_cast<double>(c.durations.count()) >= least_replayed) return c.durations.quantile(p);
    return 0.0;
  };
  std::vector<double> logs;
  for (std::size_t k = 0; k < from.size(); ++k) {
    const double a = quantile(from[k]), b = quantile(to[k]);
    if (!(a > 0) || !(b > 0)) return {};
    logs.push_back(std::log(b / a));
  }
  const double n = static_cast<double>(logs.size());
  double mean = 0, squares = 0;
  for (const double x : logs) mean += x / n;
  for (const double x : logs) squares += (x - mean) * (x - mean);
  return {mean, std::sqrt(squares / (n - 1) / n), n - 1, true};
}

/// ln of the ratio of CPU per request, whose error is that of one run on either side: a capture is one.
LogLevel cpu_ratio(const std::vector<Replay>& from, const std::vector<Replay>& to) {
  LogLevel level{.value = 0, .error = 0, .freedom = static_cast<double>(from.size()) - 1, .known = true};
  double variance = 0;
  for (const auto* side : {&from, &to}) {
    const double n = static_cast<double>(side->size());
    double mean = 0, squares = 0;
    std::vector<double> logs;
    for (const Replay& replay : *side) {
      if (!(replay.completed > 0) || !(replay.cpu_seconds > 0)) return {};
      logs.push_back(std::log(replay.cpu_seconds / replay.completed));
    }
    for (const double x : logs) mean += x / n;
    for (const double x : logs) squares += (x - mean) * (x - mean);
    level.value += side == &from ? -mean : mean;
    variance += squares / (n - 1) * (1 + 1 / n);
  }
  level.error = std::sqrt(variance);
  return level;
}

}  // namespace

double apart(const CaptureBaseline& a, const CaptureBaseline& b) {
  const auto doublings = [](double x, double y) {
    return x > 0 && y > 0 ? std::fabs(std::log(x / y)) / std::log(2.0) : 0.0;
  };
  double far = doublings(a.load.connections, b.load.connections) + doublings(a.load.clients, b.load.clients);
  if (a.load.open() && b.load.open()) far += doublings(a.load.rate, b.load.rate);
  if (a.load.open() != b.load.open()) far += 1;
  if (a.load.path != b.load.path) far += 1;
  return far;
}

FitSpread spread_of(const Table& calibration) {
  FitSpread spread;
  const Table* fit = table_in(table_in(&calibration, "calibration"), "contention");
  if (fit == nullptr) return spread;
  spread.fitted = true;
  spread.probe = number_in(*fit, "probe", 0);
  if (const Table* left = table_in(fit, "spread")) {
    spread.p50 = number_in(*left, "p50", spread.p50);
    spread.p95 = number_in(*left, "p95", spread.p95);
  }
  return spread;
}

Carried carry(const Table& calibration, const CaptureBaseline& from, const CaptureBaseline& to,
              const std::atomic<bool>* cancel) {
  const FitSpread spread = spread_of(calibration);
  const double probe = spread.probe > 0 ? spread.probe : from.load.probe();
  const CaptureManifest loads[] = {replayed(from, calibration), replayed(to, calibration)};
  const std::vector<std::vector<Replay>> sides =
      replays({capture_scenario(loads[0], calibration, probe), capture_scenario(loads[1], calibration, probe)}, seed,
              runs, cancel);
  Carried carried;
  for (std::size_t side = 0; side < sides.size(); ++side) {
    Replay all;
    for (const Replay& each : sides[side]) merge(each, all);
    const CaptureManifest& m = loads[side];
    if (all.growing || (m.clients > 1 && all.cpu_seconds / all.seconds / m.cores > full_server))
      carried.saturated = true;
  }
  for (const ClassBaseline& c : to.classes) {
    CarriedClass own{c.name, ratio(sides[0], sides[1], c.name, 0.5), ratio(sides[0], sides[1], c.name, 0.95)};
    if (carried.saturated) own.p50 = own.p95 = {};
    carried.classes.push_back(std::move(own));
  }
  carried.cpu = cpu_ratio(sides[0], sides[1]);
  return carried;
}

}  // namespace capplan::plan
