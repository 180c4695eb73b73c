// Files of engine 3 in tests/data/old open as they did: stores of schema 1, pages, results, sweeps, comparisons and
// calibrations. They were made by
//   capplan sweep small.toml --vary pool.app.size=1,2 --vary workload.api.rate=50/s,100/s,200/s --replications 3
// and by run, compare and calibrate; the script that draws charts was cut out of the pages.

#include <filesystem>

#include "core/error.h"
#include "plan/scenario/scenario.h"
#include "plan/study/kept.h"
#include "plan/study/result_json.h"
#include "plan/study/store.h"
#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::string old = CAPPLAN_SOURCE_DIR "/tests/data/old/";

void check_sweep(const Sweep& sweep, const Sweep& same) {
  REQUIRE(sweep.points.size() == 6);
  REQUIRE(sweep.axes.size() == 2);
  CHECK(sweep.axes[0].key == "pool.app.size");
  CHECK(sweep.axes[1].labels == std::vector<std::string>{"50/s", "100/s", "200/s"});
  for (std::size_t i = 0; i < 6; ++i) {
    const SweepPoint& point = sweep.points[i];
    CHECK(point.done);
    CHECK(point.labels == same.points[i].labels);
    CHECK(point.result.revision == 3);
    CHECK(point.result.replications == 3);
    CHECK(point.result.at({"requests", "search", "latency_s", "p95"}).known);
    CHECK(point.result.figures == same.points[i].result.figures);
    CHECK(point.result.alerts.size() == 1);
  }
}

Sweep old_sweep(const std::string& name) {
  const Kept kept = read_kept(old + name);
  return kept.grid ? std::get<Sweep>(*kept.grid) : sweep_from_json(kept.json, name).value();
}

Comparison old_comparison(const std::string& name) {
  return comparison_from_json(read_kept(old + name).json, name).value();
}

TEST_CASE("a store, a page and the JSON of an old sweep say the same") {
  const Sweep json = old_sweep("sweep.json");
  check_sweep(old_sweep("store.db"), json);
  check_sweep(old_sweep("sweep.html"), json);
}

TEST_CASE("old results and comparisons open as JSON and as pages") {
  const Result result = read_kept_result(old + "result.json");
  CHECK(result.name == "small");
  CHECK(result.find({"requests", "search", "latency_s", "p95"})->values.size() == 3);
  CHECK_FALSE(result.profile.empty());
  CHECK(read_kept_result(old + "run.html").figures == result.figures);
  const Comparison comparison = old_comparison("comparison.json");
  CHECK(comparison.settings.size() == 1);
  CHECK(old_comparison("comparison.html").figures.size() == comparison.figures.size());
}

TEST_CASE("an old calibration is taken by a scenario") {
  const test::ScratchFile file("[scenario]\nname = \"old\"\nduration = \"1s\"\ncalibration = \"" + old +
                                   "calibration.toml\"\n[server.primary]\nkind = \"postgres\"\n"
                                   "[pool.app]\nkind = \"fixed\"\nto = \"primary\"\nsize = 2\n"
                                   "[query.search]\npool = \"app\"\n[request.r]\nsteps = [{ query = \"search\" }]\n"
                                   "[workload.w]\nkind = \"open\"\nrate = \"1/s\"\nmix = { r = 1 }\n",
                               ".toml");
  CHECK(resolve(read_draft(file.path())).evidence.captures.size() == 1);
}

TEST_CASE("an old store is not added to, not merged, and not changed by being read") {
  const std::string before = test::bytes_of(old + "store.db");
  CHECK_THAT(test::refusal_of([] { Store store(old + "store.db"); }),
             ContainsSubstring("is a store of an earlier version, whose points are read and no longer added to"));
  const test::ScratchFile fresh("", ".db");
  CHECK_THAT(test::refusal_of([&] { Store(fresh.path()).merge(old + "store.db"); }),
             ContainsSubstring("earlier version"));
  CHECK(Store::to_read(old + "store.db").size() == 6);
  CHECK(test::bytes_of(old + "store.db") == before);
  for (const char* beside : {"store.db-wal", "store.db-shm", "store.db-journal"})
    CHECK_FALSE(std::filesystem::exists(old + beside));
}

}  // namespace
}  // namespace capplan::plan
