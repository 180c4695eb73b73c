#include "plan/fit/capture_validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/robust.h"
#include "core/units.h"
#include "plan/fit/component_checks.h"
#include "plan/fit/goodness.h"
#include "plan/fit/search_scaling.h"
#include "plan/format/document.h"
#include "plan/format/raw_values.h"

namespace capplan::plan {

namespace {

using models::Table;
using models::Value;

constexpr int runs = 6;             // replays of a capture
constexpr std::size_t enough = 20;  // requests of a class
constexpr std::uint64_t seed = 7;   // not that of the fit

/// What a calibration says besides costs, from [calibration.contention].
struct Context {
  double probe = 0;
  double lateness = 0;
  double spread_p50 = 0.1, spread_p95 = 0.15, spread_p99 = 0.2;  // where there was no fit
  std::vector<std::string> warnings;
};

Context context_of(const Table& calibration) {
  Context context;
  const Table* head = table_in(&calibration, "calibration");
  const Table* fit = head != nullptr ? table_in(head, "contention") : nullptr;
  if (fit == nullptr) {
    context.warnings.push_back(
        "the calibration takes durations for demands: give calibrate several captures at unlike loads");
    return context;
  }
  context.probe = number_of(models::find(*fit, "probe"), 0);
  context.lateness = number_of(models::find(*fit, "lateness"), 0);
  if (const Table* spread = table_in(fit, "spread")) {
    context.spread_p50 = number_of(models::find(*spread, "p50"), context.spread_p50);
    context.spread_p95 = number_of(models::find(*spread, "p95"), context.spread_p95);
    context.spread_p99 = number_of(models::find(*spread, "p99"), context.spread_p99);
  }
  return context;
}

}  // namespace

/// The mean of ln over runs, with the scatter of a single one and `spread`.
Compare compared(double measured, const std::vector<double>& of_runs, double pooled, double spread) {
  Compare c{.measured = measured, .predicted = {}, .error = 0, .inside = false};
  double mean = 0, square = 0, n = 0;
  for (const double x : of_runs) {
    if (!(x > 0)) continue;
    mean += std::log(x);
    n += 1;
  }
  mean /= std::max(n, 1.0);
  for (const double x : of_runs)
    if (x > 0) square += (std::log(x) - mean) * (std::log(x) - mean);
  const double scatter = n > 1 ? square / (n - 1) * (1 + 1 / n) : 0;
  const double wide = 2.0 * std::sqrt(scatter + spread * spread);
  c.predicted = {pooled, pooled * std::exp(-wide), pooled * std::exp(wide), true};
  c.error = measured > 0 ? pooled / measured - 1 : 0;
  c.inside = c.predicted.lo <= measured && measured <= c.predicted.hi;
  return c;
}

namespace {

struct Runs {
  std::vector<Replay> each;
  Replay all;
};

/// Histograms of one class, or of all, in one replay.
core::Histogram of(const Replay& replay, const std::string& name, bool latency) {
  core::Histogram sum;
  for (const ReplayedClass& c : replay.classes)
    if (name == "all" || c.name == name) sum.merge(latency ? c.latencies : c.durations);
  return sum;
}

ComparedTimes times(const std::vector<double>& measured, const Runs& runs_, const std::string& name, bool latency,
                    double later, const Context& context) {
  const core::Histogram pooled = of(runs_.all, name, latency);
  std::vector<core::Histogram> each;
  for (const Replay& replay : runs_.each) each.push_back(of(replay, name, latency));
  const auto percentile = [&](double p, double spread) {
    std::vector<double> values;
    for (const core::Histogram& h : each) values.push_back(h.count() > 0 ? h.quantile(p) + later : 0);
    return compared(sample_quantile(measured, p), values, pooled.quantile(p) + later, spread);
  };
  ComparedTimes t;
  double sum = 0;
  for (const double x : measured) sum += x;
  std::vector<double> means;
  for (const core::Histogram& h : each) means.push_back(h.count() > 0 ? h.mean() + later : 0);
  t.mean = compared(sum / static_cast<double>(measured.size()), means, pooled.mean() + later, context.spread_p50);
  t.p50 = percentile(0.50, context.spread_p50);
  t.p95 = percentile(0.95, context.spread_p95);
  t.p99 = percentile(0.99, context.spread_p99);
  return t;
}

ComparedClass class_of(const MeasuredClass& m, const Runs& runs_, bool open, const Context& context) {
  return {m.name, static_cast<std::int64_t>(m.durations.size()),
          times(m.latencies, runs_, m.name, true, open ? context.lateness : 0, context),
          times(m.durations, runs_, m.name, false, 0, context)};
}

/// How the capture was run, as a point that an envelope is compared with.
OperatingPoint point_of(const MeasuredCapture& measured) {
  const CaptureManifest& m = measured.manifest;
  OperatingPoint point{.statements = m.open() ? m.rate : measured.completed_per_s,
                       .connections = static_cast<double>(m.connections),
                       .cores = m.cores,
                       .shares = {},
                       .rows = {}};
  double all = 0;
  for (const MeasuredClass& c : measured.classes) all += static_cast<double>(c.durations.size());
  for (const MeasuredClass& c : measured.classes)
    point.shares.emplace_back(c.name, static_cast<double>(c.durations.size()) / std::max(all, 1.0));
  for (const CaptureIndex& index : m.indexes)
    point.rows.emplace_back(index.name, number_of(models::find(index.parameters, "rows"), 0));
  return point;
}

/// The mean duration of the classes whose commit waits for the disk, taken together.
std::optional<Compare> writes_of(const Table& calibration, const MeasuredCapture& measured, const Runs& runs_,
                                 const Context& context) {
  const Table* queries = table_in(&calibration, "query");
  double sum = 0, count = 0;
  std::vector<std::string> names;
  for (const MeasuredClass& c : measured.classes) {
    const Table* query = queries != nullptr ? table_in(queries, c.name.c_str()) : nullptr;
    const Value* commit = query != nullptr ? models::find(*query, "commit") : nullptr;
    if (commit == nullptr || commit->as<bool>() == nullptr || !*commit->as<bool>()) continue;
    names.push_back(c.name);
    for (const double x : c.durations) sum += x;
    count += static_cast<double>(c.durations.size());
  }
  const auto mean = [&](const Replay& replay) {
    core::Histogram all;
    for (const std::string& name : names) all.merge(of(replay, name, false));
    return all.count() > 0 ? all.mean() : 0;
  };
  if (count < enough) return std::nullopt;
  std::vector<double> each;
  for (const Replay& replay : runs_.each) each.push_back(mean(replay));
  return compared(sum / count, each, mean(runs_.all), context.spread_p50);
}

/// A capture that is to be replayed.
struct Prepared {
  Table calibration;
  Context context;
  ComparedCapture result;
};

Prepared prepare(const Table& given, const MeasuredCapture& measured) {
  Prepared prepared{given, context_of(given), {.name = measured.manifest.name}};
  std::vector<std::string>& warnings = prepared.result.warnings;
  warnings = prepared.context.warnings;
  scale_searches(prepared.calibration, measured.manifest, warnings);
  for (std::string& what : outside(envelope_of(prepared.calibration), point_of(measured)))
    warnings.push_back(std::move(what));
  return prepared;
}

ComparedCapture compared_capture(Prepared prepared, const MeasuredCapture& measured, std::vector<Replay> each) {
  const CaptureManifest& m = measured.manifest;
  const Table& calibration = prepared.calibration;
  const Context& context = prepared.context;
  ComparedCapture& result = prepared.result;
  Runs simulated{std::move(each), {}};
  for (const Replay& run : simulated.each) merge(run, simulated.all);
  MeasuredClass all{"all", {}, {}, {}};
  for (const MeasuredClass& c : measured.classes) {
    all.durations.insert(all.durations.end(), c.durations.begin(), c.durations.end());
    all.latencies.insert(all.latencies.end(), c.latencies.begin(), c.latencies.end());
    if (c.durations.size() >= enough && of(simulated.all, c.name, true).count() > 0)
      result.classes.push_back(class_of(c, simulated, m.open(), context));
  }
  std::sort(all.durations.begin(), all.durations.end());
  std::sort(all.latencies.begin(), all.latencies.end());
  result.classes.push_back(class_of(all, simulated, m.open(), context));

  std::vector<double> throughput, waits, cpu;
  for (const Replay& r : simulated.each) {
    throughput.push_back(r.completed / r.seconds);
    waits.push_back(r.waits.mean() + (m.open() ? context.lateness : 0));
    cpu.push_back(r.cpu_seconds / r.seconds / m.cores);
  }
  const Replay& pooled = simulated.all;
  result.throughput = compared(measured.completed_per_s, throughput, pooled.completed / pooled.seconds, 0);
  const double later = m.open() ? context.lateness : 0;
  result.pool_wait = compared(measured.mean_wait, waits, pooled.waits.mean() + later, context.spread_p95);
  const double busy = pooled.cpu_seconds / pooled.seconds / m.cores;
  if (m.server_cpu) {
    result.cpu = compared(*m.server_cpu, cpu, busy, context.spread_p50);
    result.cpu->error = busy - *m.server_cpu;
  }
  result.writes = writes_of(calibration, measured, simulated, context);
  result.parts = compared_parts(m, simulated.each, pooled, context.spread_p50, context.spread_p95, result.warnings);
  result.saturated = pooled.growing || (busy > full_server && m.clients > 1);
  if (result.saturated)
    result.warnings.push_back("saturated: the server or the clients are full, and small differences in demand decide");
  return std::move(result);
}

std::vector<ComparedCapture> validate(const Table& calibration, const std::vector<MeasuredCapture>& captures,
                                      const std::atomic<bool>* cancel) {
  std::vector<Prepared> prepared;
  std::vector<Scenario> scenarios;
  for (const MeasuredCapture& capture : captures) {
    prepared.push_back(prepare(calibration, capture));
    scenarios.push_back(capture_scenario(capture.manifest, prepared.back().calibration, prepared.back().context.probe));
  }
  std::vector<std::vector<Replay>> each = replays(scenarios, seed, runs, cancel);
  std::vector<ComparedCapture> all;
  for (std::size_t i = 0; i < captures.size(); ++i)
    all.push_back(compared_capture(std::move(prepared[i]), captures[i], std::move(each[i])));
  return all;
}

}  // namespace

void summarise(CaptureValidation& v) {
  const auto median = [](const std::vector<double>& values) {
    return values.empty() ? std::nullopt : std::optional(core::median(values));
  };
  std::vector<double> p50, p95, p99, throughput, cpu, inside;
  for (const ComparedCapture& capture : v.captures) {
    if (capture.saturated) continue;
    throughput.push_back(std::fabs(capture.throughput.error));
    if (capture.cpu) cpu.push_back(std::fabs(capture.cpu->error));
    for (const ComparedClass& c : capture.classes) {
      if (c.name == "all") continue;
      p50.push_back(std::fabs(c.latency.p50.error));
      p95.push_back(std::fabs(c.latency.p95.error));
      p99.push_back(std::fabs(c.latency.p99.error));
      for (const Compare* x : {&c.latency.p50, &c.latency.p95, &c.latency.p99}) inside.push_back(x->inside ? 1 : 0);
    }
  }
  double held = 0;
  for (const double x : inside) held += x;
  if (!inside.empty()) v.inside = held / static_cast<double>(inside.size());
  v.p50 = median(p50);
  v.p95 = median(p95);
  v.p99 = median(p99);
  v.throughput = median(throughput);
  v.cpu = median(cpu);
}

CaptureValidation validate_captures(const Table& calibration, const std::vector<MeasuredCapture>& captures,
                                    const std::atomic<bool>* cancel) {
  CaptureValidation v;
  v.captures = validate(calibration, captures, cancel);
  v.repeats = repeats(captures);
  summarise(v);
  return v;
}

std::vector<MeasuredCapture> measure_all(const std::vector<std::string>& manifests, bool lenient) {
  std::vector<core::Problem> problems;
  std::vector<MeasuredCapture> captures;
  for (const std::string& path : manifests) {
    try {
      captures.push_back(measure(read_manifest(path), lenient));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return captures;
}

}  // namespace capplan::plan
