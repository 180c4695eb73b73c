// What must hold for the verdicts of any scenario, over some hundreds of small ones made at random: failures never make
// a percentile better, who always fails misses, who rests on what rises meets nothing, and every SLO is judged or
// named.

#include <fmt/format.h>

#include "core/random.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

constexpr std::uint64_t scenarios = 600;

/// A service with a pool, calls that fail, impatient clients and perhaps a cache that fills.
std::string random_scenario(std::uint64_t seed) {
  core::Stream random(seed, 0, "verdicts", "scenario");
  const auto between = [&](double lo, double hi) { return lo + (hi - lo) * random.uniform(); };
  const auto one_of = [&](std::initializer_list<double> values) {
    return values.begin()[static_cast<std::ptrdiff_t>(random.below(values.size()))];
  };
  std::string text = fmt::format(
      "[scenario]\nduration = \"{}s\"\n[server.primary]\nkind = \"postgres\"\ncores = {}\n[pool.app]\n"
      "kind = \"asyncpg\"\nto = \"server.primary\"\nmin_size = 1\nmax_size = {}\ntimeout = \"{}ms\"\n",
      between(2, 8), random.below(4) + 1, random.below(6) + 1, between(5, 500));
  text += fmt::format("[call.c]\ntime = {{ exponential = {{ mean = \"{}ms\" }} }}\nerror_rate = {}\n", between(1, 20),
                      one_of({0, 0, 0.005, 0.04, 0.06, 0.5, 1}));
  text += fmt::format("[query.q]\npool = \"app\"\ncpu = {{ exponential = {{ mean = \"{}ms\" }} }}\n", between(1, 30));
  const bool cached = random.below(2) == 0;
  if (cached)
    text += fmt::format("[cache.m]\nkind = \"lru\"\nmax_entries = {}\nttl = \"{}s\"\n", random.below(5000) + 10,
                        between(1, 60));
  text += fmt::format("[request.a]\nsteps = [{{ query = \"q\" }}]\ntimeout = \"{}ms\"\n", between(2, 400));
  if (cached)
    text += fmt::format("caches = [\"m\"]\nkeys = {{ zipf = {}, count = {} }}\n", between(0, 1.2),
                        random.below(20'000) + 10);
  text += "[request.b]\nsteps = [{ call = \"c\" }, { query = \"q\" }]\n";
  text += fmt::format("[workload.w]\nkind = \"open\"\nrate = \"{}/s\"\nmix = {{ a = {}, b = {} }}\n", between(20, 300),
                      between(0.1, 1), between(0.1, 1));
  const double limit = between(1, 300);
  text += "[slo]\n";
  for (const char* target : {"a", "b", "all", "\"call.c\""})
    text += fmt::format("{} = [\"p50 < {}ms\", \"p95 < {}ms\", \"p99 < {}ms\", \"mean < {}ms\"]\n", target, limit,
                        limit, limit, limit);
  text += "\"pool.app\" = [\"wait_p95 < 50ms\", \"utilization < 80%\"]\n\"server.primary\" = [\"utilization < 80%\"]\n";
  if (cached) text += "\"cache.m\" = [\"hit_ratio > 20%\"]\n";
  return text;
}

void check_rows(const Scenario& scenario, const Result& result) {
  for (std::size_t i = 0; i < result.slos.size(); ++i) {
    const SloResult& row = result.slos[i];
    INFO(row.target << " " << row.text);
    const bool call = row.target == "call.c";
    const std::string group = call ? "calls" : "requests", name = call ? "c" : row.target;
    const std::string& metric = scenario.slos[i].metric;
    const core::Estimate completed = result.at({group, name, "latency_s", metric});
    const core::Estimate errors = result.at({group, name, "error_ratio"});
    if (row.over == Over::attempts && row.estimate.known && completed.known)
      CHECK(row.estimate.value >= completed.value - 1e-12);
    if (row.over != Over::none && errors.known && errors.value == 1) CHECK(row.judgement == Judgement::missed);
    if (row.over == Over::attempts && errors.known && errors.lo > 0.5) CHECK(row.judgement != Judgement::met);
    if (!row.rising.empty()) CHECK(row.judgement != Judgement::met);
    if (row.judgement != Judgement::undecided) continue;
    const bool straddles = row.estimate.known && row.estimate.lo <= row.limit && row.limit <= row.estimate.hi;
    const bool few = !row.estimate.known;  // said beneath the table
    CHECK((straddles || few || row.failed.known || !row.rising.empty()));
  }
}

TEST_CASE("verdicts of random scenarios never make more of failures or of a filling stock than there is") {
  int failing = 0, rising = 0, never = 0, met = 0;
  for (std::uint64_t seed = 1; seed <= scenarios; ++seed) {
    INFO("seed " << seed << "\n" << random_scenario(seed));
    const Scenario scenario = test::resolved(random_scenario(seed));
    RunOptions options;
    options.threads = 1;
    options.seed = seed;
    options.stopping = {3, 3, 0.05};
    const Result result = run(scenario, options);
    REQUIRE(result.slos.size() == scenario.slos.size());
    check_rows(scenario, result);
    failing += result.at({"requests", "all", "error_ratio"}).value > 0.01;
    rising += !result.rising.empty();
    for (const SloResult& row : result.slos) {
      never += row.never;
      met += row.judgement == Judgement::met;
    }
    const Result again = result_from_json(to_json(result), "a.json");
    CHECK(again.slos == result.slos);
  }
  CHECK(failing > 100);  // the scenarios are of use
  CHECK(rising > 10);
  CHECK(never > 100);
  CHECK(met > 500);
}

}  // namespace
}  // namespace capplan::plan
