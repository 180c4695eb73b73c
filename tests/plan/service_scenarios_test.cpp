// The shipped scenarios of service mechanisms: each shows what its header says, in the figure that it names.

#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;

namespace {

using Path = std::vector<std::string>;

/// A shipped scenario with settings changed, five replications of it.
Result shipped(const std::string& name, const std::vector<std::string>& sets = {}) {
  const std::string file = std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml";
  RunOptions options;
  options.stopping = {5, 5, 0.05};
  return run(resolve(read_draft(file), parse_overrides(sets)), options);
}

core::Estimate figure(const Result& result, const Path& path) {
  const core::Estimate e = result.at(path);
  REQUIRE(e.known);
  return e;
}
/// Whether a figure of `less` is beyond doubt below that of `more`, by `factor` at least.
void check_below(const Result& less, const Result& more, const Path& path, double factor = 1) {
  const core::Estimate a = figure(less, path), b = figure(more, path);
  INFO(path.front() << " " << path[1] << " " << path.back() << ": " << a.value << " and " << b.value);
  CHECK(a.hi * factor < b.lo);
}

const std::string minute = "scenario.duration=1min";

}  // namespace

TEST_CASE("a wider semaphore before a call ends the wait for it") {
  check_below(shipped("embedding-semaphore", {minute, "call.embed.concurrency=15"}),
              shipped("embedding-semaphore", {minute}), {"calls", "embed", "wait_s", "mean"}, 2);
}

TEST_CASE("a retry storm outlives its cause, and a budget ends it") {
  const Result storm = shipped("retry-storm"), budget = shipped("retry-storm", {"request.read.retries.budget=10%"}),
               none = shipped("retry-storm", {"request.read.retries.max=0"}),
               shed = shipped("retry-storm", {"request.read.max_in_flight=16"});
  CHECK(figure(storm, {"requests", "read", "error_ratio"}).lo > 0.5);
  for (const Result& well : {budget, none, shed}) CHECK(figure(well, {"requests", "read", "error_ratio"}).hi < 0.05);
  CHECK(figure(storm, {"requests", "read", "retries_ratio"}).lo > 1.5);
  CHECK(figure(budget, {"requests", "read", "retries_ratio"}).hi < 0.11);
}

TEST_CASE("a breaker fails at once what would have waited for its timeout") {
  const Result with = shipped("circuit-breaker"),
               without = shipped("circuit-breaker", {"call.rank.breaker.min_calls=1000000"});
  CHECK(figure(with, {"calls", "rank", "breaker_open"}).lo > 0.5);
  CHECK(figure(without, {"calls", "rank", "breaker_open"}).hi == 0);
  check_below(with, without, {"workers", "gunicorn", "utilization"}, 2);
  check_below(with, without, {"requests", "browse", "latency_s", "p95"}, 2);
}

TEST_CASE("shedding keeps those who are let in quick") {
  const Result shed = shipped("load-shedding", {minute}),
               queued = shipped("load-shedding", {minute, "request.search.max_in_flight=1000"});
  check_below(shed, queued, {"requests", "search", "latency_s", "p95"}, 2);
  CHECK(figure(shed, {"requests", "search", "shed_ratio"}).lo > 0.1);
  check_below(queued, shed, {"requests", "search", "completed_per_s"});
}

TEST_CASE("a bulkhead leaves connections to the others") {
  check_below(shipped("bulkhead", {minute}), shipped("bulkhead", {minute, "request.report.bulkhead.max_concurrent=10"}),
              {"requests", "lookup", "latency_s", "p99"});
}

TEST_CASE("a thousand rows a statement are written sooner than one") {
  check_below(shipped("batch-inserts", {minute}),
              shipped("batch-inserts", {minute, "query.insert_chunks.batch_size=1"}),
              {"requests", "index_file", "latency_s", "mean"}, 10);
}

TEST_CASE("more workers shorten the delay of jobs, and no answer") {
  const Result ten = shipped("background-workers"),
               more = shipped("background-workers", {"workers.celery.concurrency=20"});
  check_below(more, ten, {"workers", "celery", "wait_s", "mean"}, 5);
  CHECK(figure(ten, {"requests", "upload", "latency_s", "p95"}).hi < 0.05);
  CHECK(figure(ten, {"jobs", "index", "latency_s", "p50"}).lo > 0.5);
}

TEST_CASE("one recursive query answers before fifty-one do") {
  const Result both = shipped("n-plus-one", {minute});
  CHECK(figure(both, {"requests", "tree_recursive", "latency_s", "p50"}).hi * 4 <
        figure(both, {"requests", "tree", "latency_s", "p50"}).lo);
}

TEST_CASE("the adaptive optimizer leaves the exact query where the load is more than it can serve") {
  const Result calm = shipped("adaptive-query", {"workload.api.rate=10/s"}),
               loaded = shipped("adaptive-query", {"workload.api.rate=40/s"});
  CHECK(figure(calm, {"requests", "search", "adaptive_optimized_ratio"}).hi < 0.02);
  CHECK(figure(loaded, {"requests", "search", "adaptive_optimized_ratio"}).lo > 0.12);
}

TEST_CASE("a CPU limit throttles, a memory limit kills, and worker_connections refuse") {
  const Result tight = shipped("web-limits", {minute}),
               wide = shipped("web-limits", {minute, "container.backend.cpu_quota=4"});
  CHECK(figure(tight, {"containers", "backend", "throttled"}).lo > 0.02);
  check_below(wide, tight, {"requests", "search", "latency_s", "p95"}, 1.5);
  const Path refused = {"webs", "nginx", "refused_ratio"};
  CHECK(figure(shipped("web-limits", {minute, "web.nginx.worker_connections=20"}), refused).lo > 0.001);
  const Result small = shipped("web-limits", {minute, "container.backend.memory_limit=400MB"});
  CHECK(figure(small, {"containers", "backend", "oom_kills_per_s"}).lo > 0);
  CHECK(figure(tight, {"containers", "backend", "oom_kills_per_s"}).hi == 0);
}
