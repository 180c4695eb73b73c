#include "plan/fit/replay.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "plan/fit/capture_warnings.h"
#include "plan/study/runner.h"

namespace capplan::plan {

namespace {

void merge(const std::vector<core::HistogramSlice>& windows, core::Histogram& into) {
  for (const core::HistogramSlice& window : windows) into.merge(window);
}

ReplayedClass& class_of(Replay& replay, const std::string& name) {
  for (ReplayedClass& c : replay.classes)
    if (c.name == name) return c;
  replay.classes.push_back({name, {}, {}, 0, 0});
  return replay.classes.back();
}

/// The classes by how many requests of each came, those not completed too.
std::vector<std::pair<std::string, double>> mix_of(const RequestLog& log) {
  std::vector<std::pair<std::string, double>> mix;
  for (std::size_t k = 0; k < log.classes.size(); ++k)
    mix.emplace_back(log.classes[k], static_cast<double>(log.skipped[k] + log.failed[k]));
  for (const std::uint16_t k : log.klass) ++mix[k].second;
  return mix;
}

}  // namespace

MeasuredCapture measure(const CaptureManifest& manifest, bool lenient) {
  return measure(manifest, read_log(manifest, lenient));
}

MeasuredCapture measure(const CaptureManifest& manifest, const RequestLog& log) {
  check_against_log(manifest, log);
  MeasuredCapture m;
  m.manifest = manifest;
  m.manifest.classes = log.classes;
  if (manifest.mix.empty()) m.manifest.mix = mix_of(log);
  m.warnings = capture_warnings(manifest, log);
  for (const std::string& name : log.classes) m.classes.push_back({name, {}, {}, {}});
  std::vector<std::vector<std::pair<double, std::uint8_t>>> ended(log.classes.size());
  const core::Nanos last = log.size() > 0 ? *std::max_element(log.finish_ns.begin(), log.finish_ns.end()) : 0;
  std::vector<double> waits;
  for (std::size_t i = 0; i < log.size(); ++i) {
    MeasuredClass& c = m.classes[log.klass[i]];
    const double share = static_cast<double>(log.finish_ns[i]) / std::max(1.0, static_cast<double>(last));
    const auto window = static_cast<std::uint8_t>(std::clamp(share, 0.0, 0.999999) * capture_windows);
    ended[log.klass[i]].emplace_back(core::to_seconds(std::max<core::Nanos>(log.service_ns(i), 500)), window);
    c.latencies.push_back(core::to_seconds(std::max<core::Nanos>(log.duration_ns[i], 500)));
    waits.push_back(core::to_seconds(log.lag_ns[i]));
  }
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto start = [&](std::size_t i) { return log.finish_ns[i] - log.service_ns(i); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return start(a) < start(b); });
  core::Nanos busy_until = std::numeric_limits<core::Nanos>::min();
  for (const std::size_t i : order) {
    if (start(i) >= busy_until)
      m.classes[log.klass[i]].undisturbed.push_back(core::to_seconds(std::max<core::Nanos>(log.service_ns(i), 500)));
    busy_until = std::max(busy_until, log.finish_ns[i]);
  }
  for (std::size_t k = 0; k < ended.size(); ++k) {
    std::sort(ended[k].begin(), ended[k].end());
    for (const auto& [duration, window] : ended[k]) {
      m.classes[k].durations.push_back(duration);
      m.classes[k].windows.push_back(window);
    }
  }
  for (MeasuredClass& c : m.classes) {
    std::sort(c.undisturbed.begin(), c.undisturbed.end());
    std::sort(c.latencies.begin(), c.latencies.end());
  }
  const double n = static_cast<double>(waits.size());
  m.mean_wait = std::accumulate(waits.begin(), waits.end(), 0.0) / n;
  std::nth_element(waits.begin(), waits.begin() + static_cast<long>(waits.size() / 2), waits.end());
  m.median_wait = waits[waits.size() / 2];
  m.completed_per_s = n / manifest.sample_rate / core::to_seconds(manifest.duration);
  return m;
}

namespace {

/// Adds what a run measured.
void add(const core::Recording& recording, Replay& into) {
  for (std::size_t i = 0; i < recording.meters.size(); ++i) {
    const std::vector<std::string>& path = recording.meters[i].path;
    const auto is = [&](const char* group, const char* name) { return path[0] == group && path[2] == name; };
    const auto total = [&] { return std::accumulate(recording.scalars[i].begin(), recording.scalars[i].end(), 0.0); };
    if (path.size() == 4 && is("requests", "stages_s") &&
        (path[3] == "cpu" || path[3] == "cpu_wait" || path[3] == "io"))
      class_of(into, path[1]).server_seconds += total();
    if (path.size() != 3) continue;
    if (is("queries", "latency_s")) merge(recording.histograms[i], class_of(into, path[1]).durations);
    if (is("requests", "latency_s")) merge(recording.histograms[i], class_of(into, path[1]).latencies);
    if (is("pools", "wait_s")) merge(recording.histograms[i], into.waits);
    if (is("bouncers", "wait_s")) merge(recording.histograms[i], into.bouncer_waits);
    if (is("requests", "completed_per_s")) class_of(into, path[1]).completed += total();
    if (is("servers", "cpu")) into.cpu_seconds += total();
    if (is("requests", "completed_per_s")) into.completed += total();
  }
  into.seconds += core::to_seconds(recording.ends.back());
  const std::vector<double>& inside = recording.in_flight;
  if (inside.size() >= 10) {
    const auto mean = [&](std::size_t from, std::size_t to) {
      return std::accumulate(inside.begin() + static_cast<long>(from), inside.begin() + static_cast<long>(to), 0.0) /
             static_cast<double>(to - from);
    };
    const std::size_t n = inside.size();
    if (mean(n - n / 5, n) > 2 * mean(n / 5, 2 * n / 5) + 5) into.growing = true;
  }
}

[[noreturn]] void cancelled() { throw std::runtime_error("cancelled"); }

}  // namespace

std::vector<std::vector<Replay>> replays(const std::vector<Scenario>& scenarios, std::uint64_t seed, int runs,
                                         const std::atomic<bool>* cancel) {
  std::vector<std::vector<Replay>> each(scenarios.size());
  RunOptions options{.seed = seed};
  options.stopping.min = options.stopping.max = runs;
  const bool complete = evaluate({.points = scenarios.size(),
                                  .open = [&](std::size_t point) { return scenarios[point]; },
                                  .rule = {},
                                  .measured =
                                      [&](std::size_t point, const Batch& measured) {
                                        for (const Replication& run : measured)
                                          add(run.recording, each[point].emplace_back());
                                      }},
                                 options, {.finished = {}, .progress = {}, .cancel = cancel});
  if (!complete) cancelled();
  return each;
}

Replay replay(const Scenario& scenario, std::uint64_t seed, int runs, const std::atomic<bool>* cancel) {
  Simulation simulation{.scenario = std::make_shared<const Scenario>(scenario), .seed = seed};
  Replay all;
  for (simulation.last = 1; simulation.last <= runs; simulation.first = simulation.last++) {
    const Batch batch = simulate(simulation, cancel);
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) cancelled();
    add(batch.front().recording, all);
  }
  return all;
}

void merge(const Replay& from, Replay& into) {
  for (const ReplayedClass& c : from.classes) {
    ReplayedClass& own = class_of(into, c.name);
    own.durations.merge(c.durations);
    own.latencies.merge(c.latencies);
    own.completed += c.completed;
    own.server_seconds += c.server_seconds;
  }
  into.waits.merge(from.waits);
  into.bouncer_waits.merge(from.bouncer_waits);
  into.completed += from.completed;
  into.cpu_seconds += from.cpu_seconds;
  into.seconds += from.seconds;
  into.growing = into.growing || from.growing;
}

}  // namespace capplan::plan
