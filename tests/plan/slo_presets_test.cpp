// The presets against the figures of the guides, and what becomes of what is not modelled.

#include "plan/scenario/slo_presets.h"

#include <algorithm>

#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using test::problems;
using test::resolved;
using test::small_scenario;

/// The limit of a condition on a target; fails the test if there is none.
double limit(const std::vector<Slo>& slos, const std::string& target, const std::string& metric, bool below) {
  for (const Slo& slo : slos)
    if (slo.target == target && slo.metric == metric && slo.below == below) return slo.limit;
  FAIL("no " << metric << " of " << target);
  return 0;
}

RunOptions quick() {
  RunOptions options;
  options.threads = 1;
  options.stopping = {3, 3, 0.05};
  return options;
}

bool warned(const Result& result, const std::string& word) {
  return std::any_of(result.warnings.begin(), result.warnings.end(),
                     [&](const Warning& w) { return w.code == "W42" && w.text.find(word) != std::string::npos; });
}

TEST_CASE("presets hold the targets of their guides") {
  const auto of = [](const std::string& preset) {
    return resolved(small_scenario + "[slo]\npreset = \"" + preset + "\"\n").slos;
  };
  std::vector<Slo> slos = of("ai-handoff");
  CHECK(limit(slos, "all", "p95", true) == 0.1);
  CHECK(limit(slos, "all", "throughput", false) == 1000);
  CHECK(limit(slos, "all", "errors", true) == 0.001);
  CHECK(limit(slos, "server.primary", "utilization", true) == 0.7);
  CHECK(limit(slos, "server.primary", "memory", true) == 0.8);
  CHECK(limit(slos, "pool.main", "utilization", true) == 0.8);
  CHECK(slos.size() == 6);
  slos = of("agenthub");
  CHECK(limit(slos, "all", "p95", true) == 2);
  CHECK(limit(slos, "query.load", "mean", true) == 0.5);
  CHECK(limit(slos, "server.primary", "utilization_peak", true) == 0.9);
  CHECK(limit(slos, "all", "throughput", false) == Approx(1000 / 60.0));
  slos = of("codex-vector");
  CHECK(limit(slos, "pool.main", "utilization", true) == 0.7);
  CHECK(limit(slos, "pool.main", "utilization_peak", true) == 0.9);
  CHECK(limit(slos, "server.primary", "hit_ratio", false) == 0.99);
  CHECK(std::all_of(slos.begin(), slos.end(), [](const Slo& slo) { return slo.preset == "codex-vector"; }));
  const Scenario both =
      resolved(small_scenario + "[slo]\npreset = [\"agenthub\", \"ai-handoff\"]\nsearch = \"p99 < 1s\"\n");
  CHECK(both.slos.size() == 14);
  CHECK(problems(small_scenario + "[slo]\npreset = \"ai-handof\"\n").find("did you mean ai-handoff?") !=
        std::string::npos);
}

TEST_CASE("alerts of presets hold the thresholds and durations of their guides") {
  const Scenario scenario = resolved(small_scenario + "[alert.guide]\npreset = \"codex-vector\"\n");
  const auto find = [&](const std::string& name) {
    for (const Alert& alert : scenario.alerts)
      if (alert.name == "guide." + name) return alert;
    FAIL("no " << name);
    return Alert{};
  };
  CHECK(find("pool_utilization").condition.limit == 0.7);
  CHECK(find("pool_utilization").hold == 300 * core::second);
  CHECK(find("pool_saturation").condition.limit == 0.9);
  CHECK(find("pool_saturation").hold == 120 * core::second);
  CHECK(find("pool_saturation").severity == "critical");
  CHECK(find("pool_wait").condition.metric == "wait_mean");
  CHECK(find("pool_wait").condition.limit == 0.1);
  CHECK(find("query_latency").condition.limit == 0.5);
  CHECK(find("cpu").hold == 600 * core::second);
  CHECK(std::none_of(scenario.alerts.begin(), scenario.alerts.end(),
                     [](const Alert& alert) { return alert.name == "guide.vector_latency"; }));  // there is no index
  const auto first = [](const std::string& preset) {
    return resolved(small_scenario + "[alert.g]\npreset = \"" + preset + "\"\n").alerts.front().condition;
  };
  CHECK(first("mcp-playbook").metric == "waiting");
  CHECK(first("mcp-playbook").limit == 5);
  CHECK(first("dual-server-mcp").limit == 0.8);
  CHECK(first("ai-handoff").limit == 0.5);
  CHECK(problems(small_scenario + "[alert.g]\npreset = \"ai-handoff\"\nfor = \"1min\"\n").find("alert.g.for: is set") !=
        std::string::npos);
}

TEST_CASE("what a preset asks for and the model lacks is said and not judged") {
  const Result result =
      run(resolved(small_scenario + "[slo]\npreset = \"ai-handoff\"\n[alert.g]\npreset = \"codex-vector\"\n",
                   {"scenario.duration=20s"}),
          quick());
  CHECK(result.slos.size() == 5);
  CHECK(warned(result, "memory < 80%"));
  CHECK(warned(result, "memory > 95%"));
  CHECK(warned(result, "slow_statements of server.primary is not modelled"));
  CHECK(warned(result, "disk usage"));
  CHECK(result.verdict == Verdict::missed);  // 100/s are not 1000/s
}

TEST_CASE("slow statements, opened connections and the memory of containers are judged where they are measured") {
  // 1000 statements a second of 180 us on average: some are beyond 1 ms, none beyond a minute.
  const std::string text = small_scenario +
                           "[container.api]\nmax_old_space_size = \"512MB\"\nmemory_base = \"128MB\"\n"
                           "[slo]\npreset = \"agenthub\"\nserver.primary = [\"slow_statements < 10/min\"]\n"
                           "[alert.guide]\npreset = \"codex-vector\"\n[alert.heap]\npreset = \"ai-handoff\"\n";
  const auto judged = [&](const char* threshold, const std::string& target, const std::string& metric) {
    const Result result = run(resolved(text, {"scenario.duration=1min", "request.search.container=api",
                                              std::string("server.primary.log_min_duration_statement=") + threshold}),
                              quick());
    for (const SloResult& slo : result.slos)
      if (slo.target == target && slo.text.starts_with(metric)) return slo;
    FAIL("no " << metric << " of " << target);
    return SloResult{};
  };
  CHECK(judged("1ms", "server.primary", "slow_statements").judgement == Judgement::missed);
  CHECK(judged("1ms", "server.primary", "slow_statements").estimate.value > 0.1);
  CHECK(judged("1min", "server.primary", "slow_statements").judgement == Judgement::met);
  const SloResult memory = judged("1min", "container.api", "memory");
  CHECK(memory.estimate.value == Approx(0.25).epsilon(0.02));  // the base, and a megabyte while a request is inside
  CHECK(memory.judgement == Judgement::met);
  const Result alerted =
      run(resolved(text, {"scenario.duration=1min", "server.primary.log_min_duration_statement=1ms"}), quick());
  const auto slow = std::find_if(alerted.alerts.begin(), alerted.alerts.end(),
                                 [](const AlertResult& alert) { return alert.name == "guide.slow_queries"; });
  REQUIRE(slow != alerted.alerts.end());
  CHECK(slow->fired.value > 0);
  CHECK(problems(small_scenario + "[slo]\npool.main = [\"opened < 1/min\"]\n").empty());
}

TEST_CASE("connections are judged as a share of max_connections, a peak by the busiest window") {
  const std::string text = small_scenario +
                           "[slo]\nserver.primary = [\"connections < 25%\", \"utilization_peak < 90%\"]\n"
                           "pool.main = [\"utilization_peak < 99%\", \"waiting < 1\"]\n";
  const Result result = run(resolved(text, {"scenario.duration=20s", "server.primary.max_connections=50"}), quick());
  REQUIRE(result.slos.size() == 4);
  CHECK(result.slos[0].estimate.value == Approx(0.2).epsilon(0.01));  // ten of fifty
  CHECK(result.slos[0].judgement == Judgement::met);
  const core::Estimate mean = result.at({"pools", "main", "utilization"});
  const core::Estimate peak = result.at({"pools", "main", "utilization_peak"});
  CHECK(peak.known);
  CHECK(peak.value > mean.hi);
  CHECK(result.slos[3].judgement == Judgement::met);
  CHECK(result.verdict == Verdict::ok);
}

TEST_CASE("a budget burns by what is bad over what may be") {
  // M/D/1-like: a constant time of 18 ms for each request, so that all are beyond 1 ms and none beyond 1 s.
  const std::string text =
      small_scenario +
      "[budget.tight]\nrequest = \"search\"\nobjective = \"99%\"\nlatency = \"100us\"\nperiod = \"1h\"\n"
      "[budget.loose]\nobjective = \"99.9%\"\n";
  const Result result = run(resolved(text, {"scenario.duration=36s", "scenario.warmup=0"}), quick());
  REQUIRE(result.budgets.size() == 2);
  CHECK(result.budgets[0].bad.value == Approx(1).epsilon(0.01));
  CHECK(result.budgets[0].burn.value == Approx(100).epsilon(0.01));
  CHECK(result.budgets[0].consumed.value == Approx(1).epsilon(0.01));  // a hundredth of the hour, at 100 times the pace
  CHECK(result.budgets[1].bad.value == 0);
  CHECK(result.budgets[1].bad.hi > 0);
  CHECK(result.budgets[1].request == "all");
  CHECK(result.budgets[1].period_s == 30 * 86'400);
}

}  // namespace
}  // namespace capplan::plan
