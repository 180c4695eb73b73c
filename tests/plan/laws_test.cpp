// Laws beside the simulation: closed forms agree where their assumptions are met, say why where they are not, and a law
// that is broken on purpose is found.

#include "plan/study/laws.h"

#include <algorithm>
#include <filesystem>

#include "core/queueing.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;

Result answer(std::vector<std::string> sets, int replications = 10) {
  sets.insert(sets.begin(), {"scenario.duration=5min", "scenario.warmup=30s", "request.search.steps=[{query=\"load\"}]",
                             "query.load.cpu={exponential={mean=\"10ms\"}}"});
  RunOptions options;
  options.stopping = {replications, replications, 0.05};
  options.threads = 2;
  return run(test::resolved(test::small_scenario, sets), options);
}

const LawRow& row(const Result& result, const std::string& law) {
  const auto found =
      std::find_if(result.laws.begin(), result.laws.end(), [&](const LawRow& each) { return each.law == law; });
  REQUIRE(found != result.laws.end());
  return *found;
}

const Law& law(const std::string& name) {
  return *std::find_if(laws().begin(), laws().end(), [&](const Law& each) { return name == each.name; });
}

bool warned(const Result& result) {
  return std::any_of(result.warnings.begin(), result.warnings.end(), [](const Warning& w) { return w.is("W08"); });
}

TEST_CASE("a pool with exponential times and Poisson arrivals waits as Erlang says") {
  const Result result = answer({"pool.main.size=4", "server.primary.cores=4", "workload.api.rate=300/s"});
  const LawRow& erlang = row(result, "M/M/c");
  CHECK(erlang.verdict == LawVerdict::holds);
  CHECK(erlang.least == Approx(core::mmc({300, 100, 4}).mean_wait));
  CHECK(erlang.simulated.value == Approx(erlang.least).epsilon(0.1));
  CHECK(row(result, "M/G/1").note == "several servers");
  CHECK(row(result, "Little").verdict == LawVerdict::holds);
  CHECK(row(result, "utilization").verdict == LawVerdict::holds);
  CHECK(row(result, "utilization").least == Approx(0.75).epsilon(0.02));
  CHECK_FALSE(warned(result));
}

TEST_CASE("one connection is M M 1, and with constant times M G 1") {
  const Result markov = answer({"pool.main.size=1", "workload.api.rate=60/s"});
  CHECK(row(markov, "M/M/c").verdict == LawVerdict::holds);
  CHECK(row(markov, "M/M/c").least == Approx(core::mm1(60, 100).mean_wait));
  const Result constant = answer({"pool.main.size=1", "workload.api.rate=60/s", "query.load.cpu=\"10ms\""});
  CHECK(row(constant, "M/G/1").verdict == LawVerdict::holds);
  CHECK(row(constant, "M/G/1").simulated.value == Approx(core::mg1(60, 0.01, 0).mean_wait).epsilon(0.1));
  CHECK(row(constant, "M/M/c").verdict == LawVerdict::not_applicable);
  CHECK(row(constant, "M/M/c").note == "service times are not exponential");
}

TEST_CASE("cores that are shared ideally answer as the closed form has it, whatever the times") {
  const Result result = answer({"pool.main.size=500", "server.primary.cores=2", "workload.api.rate=150/s",
                                "query.load.cpu={lognormal={mean=\"10ms\",cv=1.5}}"});
  CHECK(row(result, "M/G/c, shared cores").verdict == LawVerdict::holds);
  CHECK(row(result, "M/G/c, shared cores").simulated.value ==
        Approx(core::mmc_ps({150, 100, 2}).mean_response).epsilon(0.1));
  CHECK(row(result, "bottleneck bound").verdict == LawVerdict::holds);
}

const std::string users =
    "[scenario]\nname = \"users\"\nduration = \"5min\"\nwarmup = \"30s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 1\nmax_connections = 500\n"
    "[pool.main]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 200\n"
    "[query.load]\npool = \"main\"\ncpu = { exponential = { mean = \"10ms\" } }\n"
    "[request.search]\nsteps = [{ query = \"load\" }]\n"
    "[workload.api]\nkind = \"closed\"\nusers = 20\nthink = { exponential = { mean = \"150ms\" } }\nmix = { search = 1 "
    "}\n";

TEST_CASE("a closed load answers as mean value analysis, within its bounds, and by the interactive law") {
  for (const char* cores : {"1", "3"}) {
    RunOptions options;
    options.stopping = {10, 10, 0.05};
    const Result result = run(test::resolved(users, {std::string("server.primary.cores=") + cores}), options);
    for (const char* name : {"MVA", "bottleneck bound", "interactive response time", "utilization"}) {
      INFO(name << " with " << cores << " cores");
      CHECK(row(result, name).verdict == LawVerdict::holds);
    }
    CHECK(row(result, "MVA").simulated.value == Approx(row(result, "MVA").least).epsilon(0.02));
    CHECK(row(result, "balanced job bounds").verdict ==
          (cores[0] == '1' ? LawVerdict::holds : LawVerdict::not_applicable));
    CHECK_FALSE(warned(result));
  }
}

TEST_CASE("bursts are named as what a closed form does not know, and what the approximation misses") {
  const Result result = answer({"pool.main.size=4", "server.primary.cores=4", "workload.api.rate=200/s",
                                "workload.api.arrivals={mmpp={rates=[1,8],stays=[\"20s\",\"2s\"]}}"});
  CHECK(row(result, "M/M/c").verdict == LawVerdict::not_applicable);
  CHECK(row(result, "M/M/c").note == "bursts: arrivals in states (mmpp)");
  const LawRow& near = row(result, "Allen-Cunneen");
  CHECK(near.verdict == LawVerdict::far);
  CHECK_THAT(near.note, ContainsSubstring("the simulation sees bursts"));
  CHECK_THAT(text_table(result), ContainsSubstring("Allen-Cunneen, pool main"));
}

TEST_CASE("where time depends on the load closed forms do not apply, and say why") {
  const Result linux = answer({"server.primary.scheduler=linux"}, 3);
  CHECK(row(linux, "M/G/c, shared cores").note == "depends on more than the model has: server.primary.scheduler");
  const Result timeout = answer({"pool.main.timeout=1s", "query.load.commit=true"}, 3);
  CHECK(row(timeout, "M/M/c").note == "depends on more than the model has: pool.main.timeout and 1 more");
}

TEST_CASE("an identity that is broken on purpose is a fault, with the law and both numbers") {
  LawCheck check{"request search", {"requests", "search", "latency_s", "mean"}, {0.010, 0.012}, {0.010, 0.012}};
  CHECK(judged(law("response time"), check, 1).verdict == LawVerdict::holds);
  check.least[1] = 0.012 * (1 + 2e-6);
  CHECK_THROWS_WITH(judged(law("response time"), check, 1), ContainsSubstring("breaks the response time law") &&
                                                                ContainsSubstring("at request search") &&
                                                                ContainsSubstring("0.012000024"));
}

TEST_CASE("a closed form that the simulation lies outside of is a warning, and chance is not") {
  LawCheck check{"pool main", {"pools", "main", "wait_s", "mean"}, {}, {0.010}};
  for (int i = 0; i < 20; ++i) check.simulated.push_back(0.010 + 0.001 * (i % 5 - 2));
  CHECK(judged(law("M/M/c"), check, 10).verdict == LawVerdict::holds);
  for (double& value : check.simulated) value += 0.005;
  const LawRow found = judged(law("M/M/c"), check, 10);
  CHECK(found.verdict == LawVerdict::disagrees);
  REQUIRE(law_warnings({found}).size() == 1);
  CHECK(law_warnings({found})[0].is("W08"));
  check.most = {0.020};  // a bound is not passed
  CHECK(judged(law("bottleneck bound"), check, 10).verdict == LawVerdict::holds);
}

TEST_CASE("no shipped scenario breaks a law, and none disagrees with one") {
  for (const auto& entry : std::filesystem::directory_iterator(CAPPLAN_SOURCE_DIR "/data/scenarios")) {
    if (entry.path().extension() != ".toml") continue;
    INFO(entry.path().filename().string());
    RunOptions options;
    options.stopping = {4, 4, 0.05};
    options.threads = 2;
    Result result;
    REQUIRE_NOTHROW(result = run(resolve(read_draft(entry.path().string())), options));
    for (const LawRow& each : result.laws) {
      INFO(each.law << " at " << each.at << ": " << each.simulated.value << ", " << each.least << ".." << each.most);
      CHECK(each.verdict != LawVerdict::disagrees);
    }
    CHECK_FALSE(result.laws.empty());
  }
}

TEST_CASE("laws are in the JSON of an answer, and come back") {
  const Result result = answer({}, 3);
  REQUIRE_FALSE(result.laws.empty());
  CHECK(result_from_json(to_json(result), "x").laws == result.laws);
}

}  // namespace
}  // namespace capplan::plan
