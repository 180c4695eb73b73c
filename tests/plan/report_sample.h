#pragma once
// Results, sweeps and comparisons made by hand, small enough to know what every line of a report must say.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::test {

inline core::Estimate about(double value, double half_width) {
  return {value, value - half_width, value + half_width, true};
}

/// One class of requests over one pool and one server; p999 is not known, some requests time out.
inline plan::Result sample_result(double p99 = 0.0412) {
  plan::Result r;
  r.name = "api";
  r.scenario = R"({"name":"api","pool":{"app":{"kind":"fixed","size":8}},"server":{"primary":{"connect_time":0.001}}})";
  r.scenario_hash = std::string(64, 'a');
  r.seed = 18'446'744'073'709'551'615u;
  r.replications = 10;
  r.duration_s = 600;
  r.warmup_s = 12.5;
  r.events = 1.25e7;
  r.verdict = plan::Verdict::missed;
  const auto add = [&](std::vector<std::string> path, core::Estimate e) { r.figures.push_back({std::move(path), e}); };
  add({"requests", "search", "offered_per_s"}, about(800, 1.2));
  add({"requests", "search", "completed_per_s"}, about(799.4, 1.1));
  add({"requests", "search", "error_ratio"}, about(0.00125, 0.0002));
  add({"requests", "search", "errors", "query_wait_timeout"}, about(0.00125, 0.0002));
  add({"requests", "search", "latency_s", "mean"}, about(0.004, 0.00004));
  add({"requests", "search", "latency_s", "p50"}, about(0.0021, 0.00003));
  add({"requests", "search", "latency_s", "p95"}, about(0.0181, 0.0004));
  add({"requests", "search", "latency_s", "p99"}, about(p99, 0.0011));
  add({"requests", "search", "latency_s", "p999"}, {});
  add({"requests", "search", "stages_s", "pool_wait"}, about(0.003, 0.00003));
  add({"requests", "search", "stages_s", "cpu"}, about(0.001, 0.00001));
  add({"pools", "app", "utilization"}, about(0.951, 0.002));
  add({"pools", "app", "waiting"}, about(2.4, 0.1));
  add({"pools", "app", "wait_s", "p95"}, about(0.0152, 0.0005));
  add({"servers", "primary", "cpu"}, about(0.712, 0.004));
  r.slos = {{"search", "p95 < 100ms", 0.1, true, about(0.0181, 0.0004), plan::Judgement::met},
            {"search", "p99 < 20ms", 0.02, true, about(p99, 0.0011), plan::Judgement::missed},
            {"search", "p999 < 1s", 1, true, {}, plan::Judgement::undecided}};
  r.warnings = {{"W04", "server primary is busy \"most\" of the time"}};
  r.profile.spectra = {{"search", {0.0005, 0.001, 0.0021}}};
  r.profile.breakdowns = {{"search", "mean", {{"pool_wait", 0.003}, {"cpu", 0.001}}},
                          {"search", "p99", {{"pool_wait", 0.0402}, {"cpu", 0.001}}}};
  r.profile.ends_s = {12.5, 300, 600};
  r.profile.series = {{{"requests", "search", "completed_per_s"}, {750, 800, 801.5}},
                      {{"requests", "search", "latency_s", "p99"}, {0.01, 0.0412, 0.0411}},
                      {{"caches", "memory", "hit_ratio"}, {std::nan(""), 0.5, 0.51}}};
  return r;
}

/// Two sizes by two rates; the last point is not done.
inline plan::Sweep sample_sweep() {
  plan::Sweep sweep;
  sweep.name = "api";
  sweep.axes = {{.key = "pool.app.size", .values = {}, .labels = {"4", "8"}, .costs = true},
                {.key = "workload.api.rate", .values = {}, .labels = {"400/s", "800/s"}}};
  for (const char* size : {"4", "8"})
    for (const char* rate : {"400/s", "800/s"}) {
      plan::SweepPoint point{{size, rate}, std::string(64, 'b'), true, sample_result()};
      sweep.points.push_back(std::move(point));
    }
  sweep.points[0].result.verdict = plan::Verdict::ok;
  sweep.points[1].result.verdict = plan::Verdict::no_steady_state;
  sweep.points[3].done = false;
  sweep.points[3].result = {};
  sweep.smallest = {{{"workload.api.rate = 400/s"}, "pool.app.size", "4", false},
                    {{"workload.api.rate = 800/s"}, "pool.app.size", "", true}};
  return sweep;
}

/// The sample against one of twice the pool, in which every time and share is a fifth greater, and errors are none.
inline plan::Comparison sample_comparison() {
  plan::Result a = sample_result(), b = sample_result();
  for (plan::Figure& figure : a.figures)
    for (int i = 0; i < 5; ++i) figure.values.push_back(figure.estimate.value * (1 + 0.001 * i));
  for (plan::Figure& figure : b.figures) {
    const double factor = figure.path.back() == "error_ratio" ? 0 : figure.path.back() == "completed_per_s" ? 1 : 1.2;
    for (int i = 0; i < 5; ++i) figure.values.push_back(figure.estimate.value * factor * (1 + 0.001 * (i * i % 3)));
    core::Estimate& e = figure.estimate;
    e = {e.value * factor, e.lo * factor, e.hi * factor, e.known};
  }
  b.scenario.replace(b.scenario.find("\"size\":8"), 8, "\"size\":16");
  return plan::compare({"today.toml", a}, {"tomorrow.toml", b}, 0.05);
}

}  // namespace capplan::test
