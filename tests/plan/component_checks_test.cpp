// What servers counted beside what a replay says: the mean wait in PgBouncer and the mean execution of a class, each on
// its own; and what of a manifest does not go together with the snapshots it names.

#include "plan/fit/component_checks.h"

#include <cmath>

#include "plan/capture/request_log.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/snapshots/";

/// A run in which 100 requests of a class took `seconds` each at the server, and waited `wait` in PgBouncer.
Replay run(double seconds, core::Nanos wait) {
  Replay replay;
  replay.classes.push_back({"point", {}, {}, 100, 100 * seconds});
  for (int i = 0; i < 100; ++i) replay.bouncer_waits.record(wait);
  replay.seconds = 1;
  return replay;
}

CaptureManifest manifest() {
  CaptureManifest m;
  m.name = "m";
  m.classes = {"point"};
  m.statements = {{"point", "from memories where id", "", {}}};
  m.keep_unmatched = false;
  m.statement_stats = {data + "version16.pg_stat_statements.csv"};
  m.bouncer_stats = {data + "version16.show_stats.csv"};
  m.bouncer_pools = data + "version16.show_pools.csv";
  m.connections = 4;
  return m;
}

}  // namespace

TEST_CASE("means that servers counted stand beside the replay's, each on its own") {
  const std::vector<Replay> runs = {run(0.0022, 400'000), run(0.0022, 400'000)};
  Replay pooled;
  for (const Replay& one : runs) merge(one, pooled);
  std::vector<std::string> warnings;
  const std::vector<ComparedPart> parts = compared_parts(manifest(), runs, pooled, 0.1, 0.2, warnings);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "execution of point");
  CHECK(parts[0].mean.measured == Approx(2e-3));
  CHECK(parts[0].mean.predicted.value == Approx(2.2e-3));
  CHECK(parts[0].mean.error == Approx(0.1));
  CHECK(parts[0].mean.predicted.lo == Approx(2.2e-3 * std::exp(-0.2)));
  CHECK(parts[1].name == "wait for PgBouncer's servers");
  CHECK(parts[1].mean.measured == Approx(0.5e-3));
  CHECK(parts[1].mean.error == Approx(-0.2).margin(0.01));
  CHECK(parts[1].mean.inside);
  REQUIRE_FALSE(warnings.empty());  // of 350 pages the server read 50
  CHECK_THAT(warnings[0], ContainsSubstring("85.7% of the pages of point were found in shared buffers") &&
                              ContainsSubstring("0.5 of 3.5 were read, in 125 us of 2.00 ms"));
}

TEST_CASE("snapshots that name no class, or count other runs, are said to") {
  CaptureManifest m = manifest();
  RequestLog log;
  log.classes = {"point"};
  log.klass.assign(100, 0);
  const std::vector<std::string> warnings = snapshot_warnings(m, log);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("SHOW STATS counts 1000 transactions, the log has 100"));
  CHECK_THAT(warnings[1], ContainsSubstring("SHOW POOLS has 6 server connections, the manifest says 4"));
  log.klass.assign(1000, 0);
  m.connections = 6;
  const std::vector<std::string> calls = snapshot_warnings(m, log);
  REQUIRE(calls.size() == 1);
  CHECK_THAT(calls[0], ContainsSubstring("counts 100 calls of point, the log has 1000"));

  m.statements[0].name = "other";
  m.bouncer_stats.clear();
  std::vector<std::string> said;
  CHECK(compared_parts(m, {run(0.002, 1)}, run(0.002, 1), 0.1, 0.2, said).empty());
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[0], ContainsSubstring("[capture.class.NAME] pattern says which are"));
}
