// capplan sweep and merge: stores, shards, what is said of them, and exit codes.

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;
using test::small_scenario;

namespace {

const std::string axis = "pool.app.size=1,2,4";

}  // namespace

TEST_CASE("a sweep is kept beside where it runs and taken up again") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome first = call({"sweep", "s.toml", "--vary", axis});
  CHECK(first.status == 0);
  CHECK(folder.has("s.capplan.db"));
  CHECK(first.err == "3 points: 3 computed, 0 from the store s.capplan.db\n");
  CHECK_THAT(first.out, ContainsSubstring("pool.app.size = 1 is the smallest that meets the SLOs"));
  const Outcome second = call({"sweep", "s.toml", "--vary", "pool.app.size=1,2,4,8"});
  CHECK(second.err == "4 points: 1 computed, 3 from the store s.capplan.db\n");
  const Outcome third = call({"sweep", "s.toml", "--vary", axis, "--fresh"});
  CHECK(third.err == "3 points: 3 computed, 0 from the store s.capplan.db\n");
  CHECK(third.out == first.out);
}

TEST_CASE("what a sweep proposes next can be typed as it stands") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome =
      call({"sweep", "s.toml", "--vary", axis, "--vary", "workload.api.rate=10/s,20/s", "--store", "none"});
  CHECK_THAT(outcome.out,
             ContainsSubstring("try next:\n  capplan run s.toml --set pool.app.size=1 --set workload.api.rate=20/s\n"
                               "  capplan sweep s.toml"));
  CHECK(call({"run", "s.toml", "--set", "pool.app.size=1", "--set", "workload.api.rate=20/s"}).status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("  capplan sweep s.toml --vary pool.app.size=1,2,4 --vary "
                                            "workload.api.rate=10/s,20/s -o sweep.csv\n"));
  const Outcome changed =
      call({"sweep", "s.toml", "--vary", axis, "--set", "workload.api.rate=10/s", "--store", "none"});
  CHECK_THAT(changed.out, ContainsSubstring("capplan run s.toml --set workload.api.rate=10/s --set pool.app.size=1\n"));
  CHECK_THAT(changed.out,
             ContainsSubstring("capplan sweep s.toml --set workload.api.rate=10/s --vary pool.app.size=1,2,4"));
  CHECK_THAT(call({"sweep", "s.toml", "--vary", axis, "--store", "none", "-q"}).out, !ContainsSubstring("try next"));
}

TEST_CASE("a sweep without a store leaves nothing behind") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"sweep", "s.toml", "--vary", axis, "--store", "none"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "3 points: 3 computed\n");
  CHECK(folder.files() == 1);
}

TEST_CASE("points that miss their SLOs are answers of a sweep") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario("p95 < 1us"));
  const Outcome outcome = call({"sweep", "s.toml", "--vary", axis, "--store", "none"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("no pool.app.size of 1..4 meets the SLOs"));
}

TEST_CASE("shards put together are the whole sweep") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome first = call({"sweep", "s.toml", "--vary", axis, "--shard", "1/2", "--store", "a.db"});
  CHECK(first.status == 0);
  CHECK_THAT(first.out, ContainsSubstring("·: 1 of 3 points are not done yet"));
  CHECK(call({"sweep", "s.toml", "--vary", axis, "--shard", "2/2", "--store", "b.db"}).status == 0);
  const Outcome merged = call({"merge", "a.db", "b.db", "-o", "all.db"});
  CHECK(merged.status == 0);
  CHECK(merged.out == "a.db: 2 new points\nb.db: 1 new points\nall.db: 3 points\n");
  const Outcome whole = call({"sweep", "s.toml", "--vary", axis, "--store", "all.db"});
  CHECK(whole.err == "3 points: 0 computed, 3 from the store all.db\n");
  CHECK(whole.out == call({"sweep", "s.toml", "--vary", axis, "--store", "none"}).out);
}

TEST_CASE("a sweep as JSON and CSV") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"sweep", "s.toml", "--vary", axis, "--store", "none", "--format", "json"});
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["schema"] == "capplan.sweep/1");
  CHECK(json["points"].size() == 3);
  CHECK(json["smallest"][0]["value"] == "1");
  const std::string csv = call({"sweep", "s.toml", "--vary", axis, "--store", "none", "--format", "csv"}).out;
  CHECK(csv.starts_with("pool.app.size,verdict,replications,"));
}

TEST_CASE("a sweep with nothing to vary, a store nowhere, and a part of nothing are refused") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome nothing = call({"sweep", "s.toml"});
  CHECK(nothing.status == 2);
  CHECK_THAT(nothing.err, ContainsSubstring("there is nothing to vary"));
  CHECK_THAT(call({"sweep", "s.toml", "--vary", axis, "--store", "no/where.db"}).err,
             ContainsSubstring("no/where.db cannot be written"));
  for (const char* shard : {"0/2", "3/2", "2", "/", "1/0", "a/b", "1/2/3"}) {
    INFO(shard);
    const Outcome outcome = call({"sweep", "s.toml", "--vary", axis, "--shard", shard});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, ContainsSubstring("--shard: error"));
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("a file that is no store is refused and stays as it was") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"sweep", "s.toml", "--vary", axis, "--store", "s.toml"}).status == 2);
  CHECK(folder.read("s.toml") == small_scenario());
  for (const char* device : {"/dev/null", "/dev/full"}) {
    const Outcome outcome = call({"sweep", "s.toml", "--vary", axis, "--store", device});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, ContainsSubstring(std::string(device) + ": error: cannot be opened as a store"));
  }
  CHECK(call({"merge", "s.toml", "-o", "all.db"}).status == 2);
  CHECK_THAT(call({"merge", "nothing.db", "-o", "all.db"}).err, ContainsSubstring("nothing.db: error"));
  CHECK_FALSE(folder.has("nothing.db"));
}
