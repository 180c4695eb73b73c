// The binding resource: named by what the tail waits for, by utilization where nothing waits, and not at all where all
// is idle.

#include "plan/study/binding.h"

#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

Binding bound(const std::vector<std::string>& sets) {
  std::vector<std::string> all = {"scenario.duration=20s", "query.load.cpu={exponential={mean=\"10ms\"}}",
                                  "request.search.steps=[{query=\"load\"}]"};
  all.insert(all.end(), sets.begin(), sets.end());
  const Scenario scenario = test::resolved(test::small_scenario, all);
  RunOptions options;
  options.stopping = {3, 3, 0.05};
  return binding(run(scenario, options), scenario, "search");
}

TEST_CASE("a pool that is too small binds, with its share of what the tail waits") {
  const Binding pool = bound({"pool.main.size=4", "workload.api.rate=340/s", "server.primary.cores=32"});
  CHECK(pool.resource == "pool main");
  CHECK(pool.figure == std::vector<std::string>{"pools", "main", "utilization"});
  CHECK(pool.utilization > 0.7);
  CHECK(pool.share > 0.95);
  CHECK(pool.near == "p95");
  CHECK(to_text(pool).starts_with("pool main, 8"));
}

TEST_CASE("cores that are too few bind where the pool is large") {
  const Binding cpu = bound({"pool.main.size=200", "workload.api.rate=340/s", "server.primary.cores=4"});
  CHECK(cpu.resource == "CPU of server primary");
  CHECK(cpu.share > 0.9);
}

TEST_CASE("where nobody waits the busiest resource binds, and none that is less than half busy") {
  CHECK(bound({"pool.main.size=200", "workload.api.rate=20/s"}).none());
  // Constant times on a schedule of their own: busy cores, and no wait.
  const Binding busy = bound({"pool.main.size=20", "workload.api.rate=1/s", "server.primary.cores=1",
                              "query.load.cpu=\"1ms\"", "request.search.steps=[{query=\"load\",times=1}]"});
  CHECK(busy.none());
  CHECK(to_text(busy) == "none: no bounded resource is 50.0% busy");
}

}  // namespace
}  // namespace capplan::plan
