// capplan drift: what it prints, refuses and exits with, on real captures; what it finds is tested in
// tests/plan/drift_test.cpp.

#include <nlohmann/json.hpp>

#include <set>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;

namespace {
const std::string captures = CAPPLAN_SOURCE_DIR "/data/captures/";
}

TEST_CASE("the capture that was calibrated is described still, in every format") {
  const ScratchFolder folder;
  REQUIRE(call({"calibrate", captures + "light.toml", "-o", "c.toml"}).status == 0);
  // Within this capture durations wander by a tenth: it takes a wide margin to say that nothing moved.
  const Outcome table = call({"drift", "c.toml", captures + "light.toml", "--margin", "30%"});
  CHECK(table.status == 0);
  CHECK_THAT(table.out, ContainsSubstring("✓ light: the calibration still describes it"));
  CHECK_THAT(table.out, ContainsSubstring("demand of search") && ContainsSubstring("no change shown"));
  const auto json = nlohmann::json::parse(
      call({"drift", "c.toml", captures + "light.toml", "--margin", "30%", "--format", "json"}).out);
  CHECK(json["schema"] == "capplan.drift/1");
  CHECK(json["verdict"] == "no change shown");
  std::set<std::string> kinds;
  for (const auto& line : json["captures"][0]["lines"]) {
    kinds.insert(line["kind"].get<std::string>());
    if (!line["ratio"].is_null()) CHECK(line["ratio"]["value"].get<double>() == Approx(1));
  }
  CHECK(kinds == std::set<std::string>{"demand", "mix", "rate", "dispersion", "host"});
  REQUIRE(
      call({"drift", "c.toml", captures + "light.toml", "--margin", "30%", "-o", "d.html", "-o", "d.md", "-o", "d.csv"})
          .status == 0);
  CHECK_THAT(folder.read("d.html"), ContainsSubstring("What moved"));
  CHECK_THAT(folder.read("d.md"), ContainsSubstring("### light against light"));
  CHECK_THAT(folder.read("d.csv"), ContainsSubstring("light,light,rate,,requests/s,"));
}

TEST_CASE("another load is a load that moved: exit code 3, and the rate is named") {
  const ScratchFolder folder;
  REQUIRE(call({"calibrate", captures + "light.toml", "-o", "c.toml"}).status == 0);
  const Outcome outcome = call({"drift", "c.toml", captures + "write.toml", "--format", "json"});
  CHECK(outcome.status == 3);
  std::set<std::string> moved;
  const auto answer = nlohmann::json::parse(outcome.out);
  for (const auto& line : answer["captures"][0]["lines"])
    if (line["verdict"] == "moved") moved.insert(line["kind"].get<std::string>());
  CHECK(moved.contains("rate"));  // 150/s and 200/s
  CHECK(moved.contains("mix"));   // inserts: 2 % and 40 %
  CHECK_FALSE(moved.contains("host"));
  CHECK_FALSE(moved.contains("dispersion"));
  CHECK_THAT(outcome.err, ContainsSubstring("the calibration rests on one load"));
}

TEST_CASE("drift refuses what it cannot compare") {
  const ScratchFolder folder;
  const auto err = [](std::vector<std::string> words) {
    const Outcome outcome = call(words);
    CHECK(outcome.status == 2);
    return outcome.err;
  };
  folder.write("old.toml", "[calibration]\nschema = \"capplan.calibration/1\"\n[query.search]\ncpu = \"1ms\"\n");
  CHECK_THAT(err({"drift", "old.toml", captures + "light.toml"}),
             ContainsSubstring("calibrate the same captures again"));
  CHECK_THAT(err({"drift", "old.toml", captures + "light.toml", "--margin", "0"}),
             ContainsSubstring("no share above 0"));
  CHECK_THAT(err({"drift", "old.toml"}), ContainsSubstring("CAPTURE"));
  REQUIRE(call({"calibrate", captures + "write.toml", "-o", "c.toml"}).status == 0);
  CHECK_THAT(err({"drift", "c.toml", "nowhere.toml"}), ContainsSubstring("nowhere.toml"));
  CHECK_THAT(err({"drift", "c.toml", captures + "light.toml", "--against", "wride"}),
             ContainsSubstring("did you mean write?"));
}

TEST_CASE("calibrate says what it found of fits and load as JSON, too") {
  const ScratchFolder folder;
  const Outcome outcome = call({"calibrate", captures + "light.toml", "-o", "c.toml", "--format", "json"});
  CHECK(outcome.status == 0);
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["schema"] == "capplan.fit/1");
  const auto& search = json["classes"]["search"];
  REQUIRE(search["quantiles"]["p"].size() == 33);
  CHECK(search["quantiles"]["p"][16] == 0.5);
  CHECK(search["quantiles"]["measured_s"][16] == search["p50_s"]["value"]);
  CHECK(json["workload"]["course"]["per_s"].size() == 30);
  CHECK(json["workload"]["sequence"]["think"].is_null());
  CHECK_THAT(folder.read("c.toml"),
             ContainsSubstring("[[calibration.baseline]]") && ContainsSubstring("quantiles = { p = ["));
  CHECK(nlohmann::json::parse(call({"calibrate", captures + "light.toml", "--format", "json"}).out) == json);
}
