// capplan inspect: what it prints and refuses; what it finds is tested in tests/plan/inspection_test.cpp. And validate,
// where a manifest names what PgBouncer counted.

#include <nlohmann/json.hpp>

#include "plan/format/document.h"
#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;

namespace {
const std::string captures = CAPPLAN_SOURCE_DIR "/data/captures/";
const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/";
}  // namespace

TEST_CASE("files of measurements are shown as tables and as JSON") {
  const Outcome table = call({"inspect", captures + "bouncer4.toml"});
  CHECK(table.status == 0);
  CHECK(table.err.empty());
  for (const char* part : {"a transaction log of pgbench", "by class", "search", "SHOW STATS of PgBouncer", "54.7us"})
    CHECK_THAT(table.out, ContainsSubstring(part));
  const Outcome json = call({"inspect", data + "locust/run_stats.csv", data + "aggregate/six.log", "--format", "json"});
  CHECK(json.status == 0);
  const auto answer = nlohmann::json::parse(json.out);
  CHECK(answer["files"].size() == 2);
  CHECK(answer["files"][0]["tables"]["requests"][2]["p95_s"] == 0.05);
}

TEST_CASE("two snapshots and a time between them give rates") {
  const std::string before = data + "snapshots/version16.show_stats.csv";
  const std::string after = data + "snapshots/version16_after.show_stats.csv";
  CHECK_THAT(call({"inspect", after, "--since", before, "--over", "1min"}).out, ContainsSubstring("50.0/s"));
  CHECK(call({"inspect", after, "--since", before, "--over", "0s"}).status == 2);
  CHECK(call({"inspect", after, "--since", before, "--over", "soon"}).status == 2);
  CHECK(call({"inspect", after, after, "--since", before}).status == 2);
}

TEST_CASE("settings become a section that a scenario takes") {
  const Outcome outcome = call({"inspect", captures + "pg_settings.csv", "--as-server", "primary"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.starts_with("[server.primary]\nkind = \"postgres\"\n"));
  CHECK_NOTHROW(plan::parse_toml(outcome.out, "stdout"));
  CHECK(call({"inspect", captures + "pg_settings.csv", "--as-server", "a b"}).status == 2);
  CHECK(call({"inspect", data + "locust/run_stats.csv", "--as-server", "primary"}).status == 2);
}

TEST_CASE("what cannot be shown is refused, all files at once, and nothing is printed") {
  const Outcome outcome = call({"inspect", captures + "README.md", data + "locust/run_stats.csv", "no/such.csv"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring("README.md: error: it is not known what this is"));
  CHECK_THAT(outcome.err, ContainsSubstring("no/such.csv: error: cannot be read"));
  CHECK_THAT(outcome.err, ContainsSubstring("2 errors"));
  CHECK(call({"inspect"}).status == 2);
}

TEST_CASE("validate holds PgBouncer's own mean wait beside the predicted one") {
  const ScratchFolder folder;
  REQUIRE(call({"calibrate", captures + "light.toml", "-o", "c.toml"}).status == 0);
  const Outcome outcome = call({"validate", "--calibration", "c.toml", captures + "bouncer4.toml", "--format", "json"});
  REQUIRE(outcome.status == 0);
  const auto part = nlohmann::json::parse(outcome.out)["captures"][0]["parts_s"]["wait for PgBouncer's servers"];
  const double measured = part["measured"], predicted = part["predicted"]["value"], error = part["error"];
  CHECK(measured == Approx(1.630866 / 29805));
  CHECK(predicted > 0);
  CHECK(error == Approx(predicted / measured - 1));
  CHECK_THAT(call({"validate", "--calibration", "c.toml", captures + "bouncer4.toml"}).out,
             ContainsSubstring("counted by the servers") && ContainsSubstring("54.7us"));
}
