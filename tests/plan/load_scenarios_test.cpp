// The shipped scenarios of loads and alerts: each shows what it is there to show.

#include "plan/study/runner.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

Result ran(const std::string& name, const std::vector<std::string>& sets = {}) {
  RunOptions options;
  options.stopping = {3, 3, 0.05};
  const Draft draft = read_draft(std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml");
  return run(resolve(draft, parse_overrides(sets)), options);
}

using Path = std::vector<std::string>;

double at(const Result& result, const Path& path) {
  const core::Estimate estimate = result.at(path);
  REQUIRE(estimate.known);
  return estimate.value;
}

const Path p95 = {"requests", "all", "latency_s", "p95"};
const Path p99 = {"requests", "all", "latency_s", "p99"};
const Path errors = {"requests", "all", "error_ratio"};
const Path done = {"requests", "all", "completed_per_s"};

TEST_CASE("the higher a day's peak, the worse the tail of the same number of requests, and alerts and budget say so") {
  const Result flat = ran("day", {"workload.api.shape.diurnal.peak=1"}), day = ran("day"),
               steep = ran("day", {"workload.api.shape.diurnal.peak=2.5"});
  CHECK(at(day, done) == Approx(at(flat, done)).epsilon(0.02));
  CHECK(at(day, p95) > 1.1 * at(flat, p95));
  CHECK(at(steep, p95) > 5 * at(flat, p95));
  CHECK(flat.alerts.at(0).fired.value == 0);
  CHECK(day.alerts.at(0).fired.value == 1);
  // The peak is at 11 min 40 s; a pool that is hot for a minute is so before it.
  CHECK(day.alerts.at(0).first_s.hi < 700);
  CHECK(steep.alerts.at(1).fired.value == 1);
  CHECK(flat.budgets.at(0).burn.value < day.budgets.at(0).burn.value);
  CHECK(steep.budgets.at(0).burn.lo > 1);
}

TEST_CASE("bursts of the same mean have a tail of their own") {
  const Result bursts = ran("bursts"), even = ran("bursts", {"workload.api.arrivals=poisson"});
  CHECK(at(bursts, p99) > 3 * at(even, p99));
  CHECK(at(bursts, done) == Approx(at(even, done)).epsilon(0.15));
}

TEST_CASE("a spike exhausts a pool that the mean does not fill, and a larger one passes it") {
  const Result small = ran("launch"), large = ran("launch", {"pool.write.size=20"});
  CHECK(at(small, {"pools", "write", "utilization"}) < 0.5);
  CHECK(at(small, errors) > 0.005);
  CHECK(at(large, errors) == 0);
  CHECK(small.alerts.at(0).fired.value == 1);
  CHECK(small.alerts.at(0).first_s.value >= 300);  // the spike begins at 5 min
  CHECK(large.alerts.at(0).fired.value == 0);
}

TEST_CASE("profiles, growth, rates of a file and users in stages move what they are there to move") {
  CHECK(at(ran("profiles", {"workload.people.profile=enterprise"}), done) ==
        Approx(4 * at(ran("profiles"), done)).epsilon(0.1));
  CHECK(ran("growth").verdict == Verdict::ok);
  CHECK(ran("growth", {"workload.api.growth.quarters=3"}).verdict == Verdict::missed);
  CHECK(at(ran("weekday", {"workload.api.rate=0.6/s"}), p95) < 0.8 * at(ran("weekday"), p95));
  CHECK(at(ran("locust", {"server.primary.cores=4"}), p95) < 0.6 * at(ran("locust"), p95));
}

TEST_CASE("a popularity that moves costs hits, and a second connection silences the guide's alert") {
  const Path hits = {"caches", "memory", "hit_ratio"};
  CHECK(at(ran("trending", {"request.read.keys.shift=50/s"}), hits) < at(ran("trending"), hits) - 0.1);
  const auto warned = [](const Result& result) {
    for (const AlertResult& alert : result.alerts)
      if (alert.name == "guide.pool_utilization") return alert.fired.value;
    FAIL("no such alert");
    return 0.0;
  };
  CHECK(warned(ran("vector-alerts")) == 1);
  CHECK(warned(ran("vector-alerts", {"pool.app.max_size=2"})) == 0);
}

TEST_CASE("a capture laid over itself has twice the load, and mixed otherwise as much of another") {
  const Result once = ran("replay", {"workload.capture.speed=1", "scenario.warmup=0"});
  const Result twice = ran("replay", {"workload.capture.speed=1", "workload.capture.copies=2", "scenario.warmup=0"});
  CHECK(at(twice, {"requests", "all", "offered_per_s"}) ==
        Approx(2 * at(once, {"requests", "all", "offered_per_s"})).epsilon(0.02));
  const Result mixed = ran(
      "replay", {"workload.capture.speed=1", "workload.capture.mix={ point = 3, search = 1 }", "scenario.warmup=0"});
  CHECK(at(mixed, {"requests", "all", "offered_per_s"}) ==
        Approx(at(once, {"requests", "all", "offered_per_s"})).epsilon(0.001));
  CHECK(at(mixed, {"requests", "point", "offered_per_s"}) ==
        Approx(0.75 * at(once, {"requests", "all", "offered_per_s"})).epsilon(0.05));
}

}  // namespace
}  // namespace capplan::plan
