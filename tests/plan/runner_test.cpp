// The runner and what it makes of replications: same bytes for any number of threads, precision that stops, warm-up,
// the verdict on overload, and intervals that cover what theory says.

#include "plan/study/runner.h"

#include <chrono>
#include <thread>

#include "core/queueing.h"
#include "plan/study/interrupted.h"
#include "plan/study/result_json.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using test::resolved;

/// M/M/c at the pool: the server has a core for every connection, so that only the pool queues.
const std::string pool_queue =
    "[scenario]\nduration = \"200s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 64\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n"
    "[query.q]\npool = \"app\"\ncpu = { exponential = { mean = \"10ms\" } }\n"
    "[request.r]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"320/s\"\nmix = { r = 1 }\n";

RunOptions replications(int count, int threads = 1, std::uint64_t seed = 1) {
  RunOptions options;
  options.seed = seed;
  options.threads = threads;
  options.stopping = {count, count, 0.05};
  return options;
}

TEST_CASE("one thread and four threads give the same bytes, and so does a second run") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=20s"});
  RunOptions options;
  options.stopping = {5, 20, 0.02};
  options.threads = 1;
  const std::string one = to_json(run(scenario, options));
  options.threads = 4;
  CHECK(to_json(run(scenario, options)) == one);
  CHECK(to_json(run(scenario, options)) == one);
  options.seed = 2;
  CHECK(to_json(run(scenario, options)) != one);
}

TEST_CASE("a pool in front of idle cores is an M/M/c queue, and the interval says so at its rate") {
  const core::QueueFigures exact = core::mmc({320, 100, 4});
  const Scenario scenario = resolved(pool_queue);
  int inside = 0;
  constexpr int trials = 20;
  for (int seed = 1; seed <= trials; ++seed) {
    const Result result = run(scenario, replications(10, 2, static_cast<std::uint64_t>(seed)));
    const core::Estimate mean = result.at({"requests", "r", "latency_s", "mean"});
    REQUIRE(mean.known);
    if (mean.lo <= exact.mean_response && exact.mean_response <= mean.hi) ++inside;
  }
  // 20 trials at 95 %: fewer than 16 inside happens once in 400 such tests.
  CHECK(inside >= 16);
}

TEST_CASE("replications go on until the intervals are as narrow as asked") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=10s"});
  RunOptions options;
  options.threads = 2;
  options.stopping = {5, 200, 0.03};
  const Result result = run(scenario, options);
  const core::Estimate p99 = result.at({"requests", "all", "latency_s", "p99"});
  REQUIRE(p99.known);
  CHECK(result.replications > 5);
  CHECK(p99.half_width() <= 0.03 * p99.value);
}

TEST_CASE("more load than the pool can serve has no steady state, and no verdict of ok") {
  const Result result =
      run(resolved(pool_queue + "[slo]\nr = [\"p95 < 1h\"]\n", {"workload.w.rate=480/s"}), replications(5));
  CHECK(result.verdict == Verdict::no_steady_state);
  REQUIRE_FALSE(result.warnings.empty());
  CHECK(result.warnings.front().code == "W01");
}

TEST_CASE("a stable queue near saturation is not taken for one without a steady state") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Result result = run(resolved(pool_queue, {"workload.w.rate=360/s"}), replications(5, 2, seed));
    CHECK(result.verdict == Verdict::ok);
  }
}

TEST_CASE("a slow start is cut off as warm-up, and a stated warm-up is taken as it is") {
  // 400 users come over 40 s of 400 s: until then there is less load than after.
  const std::string closed = pool_queue.substr(0, pool_queue.find("[workload")) +
                             "[workload.w]\nkind = \"closed\"\nusers = 400\nspawn_rate = \"10/s\"\n"
                             "think = { exponential = { mean = \"2s\" } }\nmix = { r = 1 }\n";
  const Result found = run(resolved(closed, {"scenario.duration=400s"}), replications(5));
  CHECK(found.warmup_s >= 30);
  CHECK(found.warmup_s <= 120);
  const Result stated = run(resolved(closed, {"scenario.duration=400s", "scenario.warmup=50s"}), replications(5));
  CHECK(stated.warmup_s == 50);
  // Population law after the warm-up: X = N / (Z + R).
  const double response = stated.at({"requests", "r", "latency_s", "mean"}).value;
  const core::Estimate rate = stated.at({"requests", "r", "completed_per_s"});
  CHECK(rate.value == Approx(400 / (2 + response)).epsilon(0.01));
}

TEST_CASE("one long replication is cut into batches") {
  const Result result = run(resolved(pool_queue, {"scenario.duration=1000s"}), replications(1));
  const core::Estimate mean = result.at({"requests", "r", "latency_s", "mean"});
  REQUIRE(mean.known);
  const double exact = core::mmc({320, 100, 4}).mean_response;
  CHECK(mean.lo < exact * 1.1);
  CHECK(mean.hi > exact * 0.9);
  CHECK(mean.hi > mean.lo);
}

TEST_CASE("a percentile of too few requests is not known") {
  const Result result = run(resolved(pool_queue, {"scenario.duration=2s", "workload.w.rate=20/s"}), replications(5));
  CHECK(result.at({"requests", "r", "latency_s", "mean"}).known);
  CHECK(result.at({"requests", "r", "latency_s", "p50"}).known);
  CHECK_FALSE(result.at({"requests", "r", "latency_s", "p999"}).known);
  CHECK_FALSE(result.at({"requests", "r", "latency_s", "p99"}).known);
}

TEST_CASE("replications are added until together they carry the percentiles") {
  RunOptions options;
  options.threads = 2;
  options.stopping = {5, 40, 0.5};
  // 200 requests a replication: two beyond p99, so that five neighbours carry it and 20 replications give four groups.
  const Result result = run(resolved(pool_queue, {"scenario.duration=20s", "workload.w.rate=10/s"}), options);
  CHECK(result.replications >= 20);
  CHECK(result.at({"requests", "all", "latency_s", "p99"}).known);
  CHECK_FALSE(result.at({"requests", "all", "latency_s", "p999"}).known);
}

TEST_CASE("an error that never happened is bounded and not zero for sure") {
  const Result result = run(resolved(pool_queue, {"scenario.duration=10s"}), replications(5));
  const core::Estimate errors = result.at({"requests", "r", "error_ratio"});
  REQUIRE(errors.known);
  CHECK(errors.value == 0);
  CHECK(errors.hi > 0);
  CHECK(errors.hi < 0.001);
}

TEST_CASE("a statement that never ran is not counted as executed") {
  const std::string overloaded =
      "[scenario]\nduration = \"60s\"\n"
      "[server.primary]\nkind = \"postgres\"\ncores = 4\n"
      "[bouncer.main]\nkind = \"pgbouncer\"\nserver = \"primary\"\npool_mode = \"transaction\"\n"
      "default_pool_size = 1\nmax_client_conn = 2000\nquery_wait_timeout = \"1s\"\n"
      "[pool.app]\nkind = \"fixed\"\nto = \"bouncer.main\"\nsize = 1000\n"
      "[query.q]\npool = \"app\"\ncpu = \"10ms\"\n[request.r]\nsteps = [{ query = \"q\" }]\n"
      "[workload.w]\nkind = \"open\"\nrate = \"200/s\"\nmix = { r = 1 }\n";
  const Result result = run(resolved(overloaded), replications(5));
  CHECK(result.at({"requests", "r", "errors", "query_wait_timeout"}).lo > 0.4);  // twice what one connection serves
  CHECK(result.at({"queries", "q", "executed_per_s"}).value ==
        Approx(result.at({"requests", "r", "completed_per_s"}).value));
}

TEST_CASE("what the stages of a request took adds up to its latency") {
  const Result result = run(resolved(pool_queue, {"scenario.duration=20s"}), replications(5));
  double sum = 0;
  for (const Figure& figure : result.figures)
    if (figure.path.size() == 4 && figure.path[1] == "r" && figure.path[2] == "stages_s") sum += figure.estimate.value;
  CHECK(sum == Approx(result.at({"requests", "r", "latency_s", "mean"}).value).epsilon(0.005));
}

TEST_CASE("a figure has the value of each replication where each carries it") {
  const Result result = run(resolved(pool_queue, {"scenario.duration=2s"}), replications(7));
  const Figure& mean = *result.find({"requests", "r", "latency_s", "mean"});
  REQUIRE(mean.values.size() == 7);
  double sum = 0;
  for (const double value : mean.values) sum += value;
  CHECK(sum / 7 == Approx(mean.estimate.value));
  CHECK(result.find({"requests", "r", "error_ratio"})->values == std::vector<double>(7, 0));
  CHECK(result.find({"requests", "r", "latency_s", "p99"})->values.empty());  // 640 requests: six beyond it
  CHECK(result.find({"requests", "r", "latency_s", "p999"})->values.empty());
  CHECK(result.find({"requests", "nobody"}) == nullptr);
}

TEST_CASE("scenarios that run together get the same replications until all are content") {
  const std::vector<Scenario> scenarios = {resolved(pool_queue, {"scenario.duration=2s"}),
                                           resolved(pool_queue, {"scenario.duration=2s", "pool.app.size=8"})};
  RunOptions options = replications(5, 2);
  options.stopping.max = 30;
  int looks = 0;
  const std::vector<Result> results = run_together(scenarios, options, [&](const std::vector<Result>& both) {
    ++looks;
    return both[0].replications >= 10;
  });
  REQUIRE(results.size() == 2);
  CHECK(looks == 3);
  CHECK(results[0].replications == 10);
  CHECK(results[1].replications == 10);
  CHECK(results[1].figures == run(scenarios[1], replications(10)).figures);
}

TEST_CASE("a cancelled run has the answer of the replications that are done") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=20s"});
  const auto stopped_after = [&](int done) {
    std::atomic<bool> cancel = false;
    RunHooks hooks;
    hooks.cancel = &cancel;
    hooks.progress = [&cancel, &done](const Progress& progress) {
      if (progress.events > 0) cancel = --done == 0;
    };
    std::optional<Result> so_far;
    try {
      run(scenario, replications(8), hooks);
    } catch (const Interrupted& interrupted) {
      so_far = interrupted.so_far();
    }
    return so_far;
  };
  const std::optional<Result> kept = stopped_after(3);
  REQUIRE(kept);
  CHECK(to_json(*kept) == to_json(run(scenario, replications(3))));
  CHECK_FALSE(stopped_after(1));
}

TEST_CASE("a cancelled run ends soon and says so") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=100000s"});
  std::atomic<bool> cancel = false;
  RunHooks hooks;
  hooks.cancel = &cancel;
  std::jthread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancel = true;
  });
  const RunOptions options = replications(4, 2);
  CHECK_FALSE(
      evaluate({.points = 1, .open = [&](std::size_t) { return scenario; }, .rule = until_answered(options.stopping)},
               options, hooks));
}

TEST_CASE("no replication is begun once the budget is spent, and what was done is judged") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=20s"});
  RunOptions options = replications(5000, 2);
  options.budget_s = 0.05;
  const Result result = run(scenario, options);
  CHECK(result.replications >= 1);
  CHECK(result.replications < 5000);
  CHECK(result.at({"requests", "r", "latency_s", "mean"}).known);
}

TEST_CASE("no point is begun once the budget is spent") {
  const Scenario scenario = resolved(pool_queue, {"scenario.duration=20s"});
  RunOptions options = replications(5, 2);
  options.budget_s = 1e-6;
  std::size_t finished = 0;
  CHECK_FALSE(evaluate({.points = 1000,
                        .open = [&](std::size_t) { return scenario; },
                        .rule = until_answered(options.stopping),
                        .finished = [&](std::size_t, const Result&) { ++finished; }},
                       options, {}));
  CHECK(finished >= 1);
  CHECK(finished <= 2);
}

TEST_CASE("a scenario that cannot be built is an input error and not a crash of a thread") {
  const std::string bad = pool_queue +
                          "[cache.c]\nkind = \"lru\"\n[request.s]\nsteps = [{ query = \"q\" }]\n"
                          "caches = [\"c\"]\n";
  CHECK_THROWS_AS(run(resolved(bad), replications(5, 2)), core::InputError);
}

}  // namespace
}  // namespace capplan::plan
