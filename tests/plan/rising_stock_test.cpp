// Stocks that still rise when a run ends: what is marked, what stays undecided, how long a run would do; and that a
// steady scenario is left alone.

#include "core/rise.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "plan/study/stocks.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using test::resolved;

/// A Redis that a thousand keys a second go into, each for a minute, hardly ever asked for again.
const std::string filling =
    "[scenario]\nduration = \"40s\"\n[server.primary]\nkind = \"postgres\"\ncores = 8\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 20\n"
    "[cache.c]\nkind = \"redis\"\nmaxmemory = \"8GB\"\nvalue_size = \"10kB\"\nttl = \"60s\"\nhz = 500\n"
    "[query.q]\npool = \"app\"\ncpu = \"5ms\"\n[request.get]\nsteps = [{ query = \"q\" }]\ncaches = [\"c\"]\n"
    "keys = { zipf = 0.2, count = 10000000 }\n[request.other]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"500/s\"\nmix = { get = 9, other = 1 }\n"
    "[slo]\nget = [\"p95 < 1s\", \"p95 < 1ms\"]\n\"cache.c\" = [\"hit_ratio < 50%\", \"hit_ratio > 50%\"]\n"
    "\"server.primary\" = [\"utilization < 99%\"]\n";

Result answer(const std::string& text, const std::vector<std::string>& sets = {}, int count = 3,
              std::uint64_t seed = 1) {
  RunOptions options;
  options.threads = 1;
  options.seed = seed;
  options.stopping = {count, count, 0.05};
  return run(resolved(text, sets), options);
}

bool warns(const Result& result) {
  return std::any_of(result.warnings.begin(), result.warnings.end(), [](const Warning& w) { return w.is("W07"); });
}

TEST_CASE("a cache that is still filling decides nothing that rests on it, and says how far it is") {
  for (const int count : {1, 3, 6}) {
    const Result result = answer(filling, {}, count);
    REQUIRE_FALSE(result.rising.empty());
    const RisingStock& stock = result.rising.front();
    CHECK(stock.path == std::vector<std::string>{"caches", "c", "entries"});
    CHECK(stock.rise == Approx(1.0 / 3).margin(0.04));  // from 30 s to 40 s
    CHECK(stock.of_steady == Approx(35.0 / 60).margin(0.03));
    CHECK(warns(result));
    for (const SloResult& row : result.slos) {
      CHECK(row.judgement == Judgement::undecided);
      CHECK(row.rising == "caches/c/entries");
    }
    CHECK(result.verdict == Verdict::undecided);
    CHECK(is_marked({"caches", "c", "hit_ratio"}, result.rising));
    CHECK(is_marked({"requests", "get", "latency_s", "p95"}, result.rising));
    CHECK_FALSE(is_marked({"requests", "other", "latency_s", "p95"}, {{{"caches", "c", "entries"}, 1, 0, 1, {"get"}}}));
    CHECK(result_from_json(to_json(result), "a.json").rising == result.rising);
  }
}

TEST_CASE("a run as long as the warning says is long enough, and its verdicts stand") {
  const Result brief = answer(filling);
  const Result result = answer(filling, {"scenario.duration=" + std::to_string(brief.rising.front().duration_s) + "s"});
  CHECK(result.rising.empty());
  CHECK(result.slos[0].judgement == Judgement::met);
  CHECK(result.slos[1].judgement == Judgement::missed);
  CHECK(result.verdict == Verdict::missed);
}

TEST_CASE("a warm-up that is given is not cut longer, and is said to be too short") {
  CHECK_FALSE(answer(filling, {"scenario.duration=100s", "scenario.warmup=10s"}).rising.empty());
  CHECK(answer(filling, {"scenario.duration=150s", "scenario.warmup=75s"}).rising.empty());
}

TEST_CASE("what a cache has room for says how full it is where there are more keys, and nothing else does") {
  const std::string full = "[cache.c]\nkind = \"lru\"\nmax_entries = 30000\n";
  std::string text = filling;
  const std::size_t begin = text.find("[cache.c]"), end = text.find("[query.q]");
  text.replace(begin, end - begin, full);
  const Result result = answer(text);
  REQUIRE_FALSE(result.rising.empty());
  CHECK(result.rising.front().of_steady == Approx(35 * 450.0 / 30000).margin(0.05));
  const Result larger = answer(text, {"cache.c.max_entries=20000000"});
  REQUIRE_FALSE(larger.rising.empty());
  CHECK(larger.rising.front().of_steady == 0);
}

TEST_CASE("how many replications follow the first five changes nothing about what rises") {
  const Result five = answer(filling, {}, 5), nine = answer(filling, {}, 9);
  REQUIRE(five.rising.size() == nine.rising.size());
  CHECK(five.rising == nine.rising);
  CHECK(five.warmup_s == nine.warmup_s);
}

TEST_CASE("a steady scenario is taken for a rising one in at most two of a hundred runs") {
  // A busy pool whose line and connections wander, memory in use with them, and a cache that is full from the start.
  const std::string steady =
      "[scenario]\nduration = \"60s\"\n[server.primary]\nkind = \"postgres\"\ncores = 4\nmemory_limit = \"8GB\"\n"
      "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n[cache.c]\nkind = \"lru\"\nmax_entries = 50\n"
      "[query.q]\npool = \"app\"\ncpu = { exponential = { mean = \"100ms\" } }\n[request.r]\n"
      "steps = [{ query = \"q\" }]\ncaches = [\"c\"]\nkeys = { zipf = 0.8, count = 200 }\n"
      "[workload.w]\nkind = \"open\"\nrate = \"60/s\"\nmix = { r = 1 }\n";
  const Scenario scenario = resolved(steady);
  for (const int count : {1, 3}) {
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
      RunOptions options;
      options.threads = 1;
      options.seed = seed;
      options.stopping = {count, count, 0.05};
      const Result result = run(scenario, options);
      alarms += !result.rising.empty() && result.verdict != Verdict::no_steady_state ? 1 : 0;
    }
    INFO(count << " replications");
    CHECK(alarms <= 8);
  }
}

}  // namespace
}  // namespace capplan::plan
