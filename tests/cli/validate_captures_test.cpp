// capplan validate with captures: what it prints and refuses; what it finds is tested in
// tests/plan/contention_test.cpp.

#include <nlohmann/json.hpp>

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

TEST_CASE("captures calibrated together are validated beside others, in every format") {
  const ScratchFolder folder;
  const Outcome fitted = call({"calibrate", captures + "alone.toml", captures + "wide.toml", "-o", "c.toml"});
  CHECK(fitted.status == 0);
  CHECK_THAT(folder.read("c.toml"), ContainsSubstring("[calibration.contention]") &&
                                        ContainsSubstring("[costs.server]") &&
                                        ContainsSubstring("[calibration.index]"));
  const Outcome json = call(
      {"validate", "--calibration", "c.toml", captures + "narrow.toml", captures + "closed8.toml", "--format", "json"});
  CHECK(json.status == 0);
  const auto answer = nlohmann::json::parse(json.out);
  CHECK(answer["schema"] == "capplan.validation/1");
  REQUIRE(answer["captures"].size() == 2);
  const auto& narrow = answer["captures"][0];
  CHECK(narrow["name"] == "narrow");
  CHECK_FALSE(narrow["saturated"].get<bool>());
  CHECK(answer["captures"][1]["saturated"].get<bool>());
  for (const char* name : {"search", "point", "all"}) {
    INFO(name);
    const auto& request = narrow["requests"][name];
    const double measured = request["measured"]["p50_s"], predicted = request["predicted"]["p50_s"]["value"];
    CHECK(request["error"]["p50"].get<double>() == Approx(predicted / measured - 1));
    CHECK(request["predicted"]["p99_s"]["lo"] < request["predicted"]["p99_s"]["hi"]);
    CHECK(request["duration"]["measured"]["p50_s"] <= request["measured"]["p50_s"]);
  }
  CHECK(narrow["overall"] == narrow["requests"]["all"]);
  CHECK(narrow["throughput"]["measured"].get<double>() == Approx(30200 / 30.0));
  CHECK(narrow["requests"]["search"]["measured"]["p50_s"].get<double>() == Approx(476e-6));

  const Outcome table = call({"validate", "--calibration", "c.toml", captures + "narrow.toml"});
  CHECK_THAT(table.out, ContainsSubstring("1 capture beside its replay") && ContainsSubstring("narrow"));
  REQUIRE(call({"validate", "--calibration", "c.toml", captures + "narrow.toml", "-o", "v.html", "-o", "v.md", "-o",
                "v.csv"})
              .status == 0);
  CHECK_THAT(folder.read("v.html"), ContainsSubstring("Predicted against measured p95 latency"));
  CHECK_THAT(folder.read("v.csv"), ContainsSubstring("narrow,search,latency_s/p50,0.000476"));
}

TEST_CASE("a calibration from one capture still validates, and says what it takes durations for") {
  const ScratchFolder folder;
  REQUIRE(call({"calibrate", captures + "light.toml", "-o", "c.toml"}).status == 0);
  const Outcome outcome = call({"validate", "--calibration", "c.toml", captures + "light.toml"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("takes durations for demands"));
}

TEST_CASE(
    "a class that the calibration lacks is left out on both sides, and said; so is what is wrong with a manifest") {
  const ScratchFolder folder;
  folder.write("c.toml", "[query.search]\ncpu = \"300us\"\n[query.point]\ncpu = \"50us\"\n");
  folder.write("m.toml", "[capture]\nname = \"m\"\nformat = \"pgbench\"\nlog = \"" + captures +
                             "write.log.gz\"\nclasses = [\"insert\", \"search\", \"point\"]\nduration = \"30s\"\n"
                             "[load]\nkind = \"open\"\nrate = \"200/s\"\nclients = 4\nclient = 5\n"
                             "[system]\nconnections = 4\ncores = 1\n");
  const Outcome json = call({"validate", "--calibration", "c.toml", "m.toml", "--format", "json"});
  REQUIRE(json.status == 0);
  const auto capture = nlohmann::json::parse(json.out)["captures"][0];
  CHECK(capture["requests"].size() == 3);  // search, point, all
  CHECK_FALSE(capture["requests"].contains("insert"));
  CHECK(capture["throughput"]["measured"].get<double>() == Approx((2983 + 578) / 30.0));
  // The mix is that of the log, and what is left of 200/s is offered: 2983 and 578 of 5934.
  CHECK(capture["throughput"]["predicted"]["value"].get<double>() == Approx(200.0 * (2983 + 578) / 5934).epsilon(0.05));
  CHECK_THAT(json.err, ContainsSubstring("no costs of insert: 40% of the requests are left out") &&
                           ContainsSubstring("load.client: is not known and was left out"));
  const Outcome table = call({"validate", "--calibration", "c.toml", "m.toml"});
  CHECK_THAT(table.out, ContainsSubstring("no costs of insert"));
}

TEST_CASE("validate refuses captures that it cannot predict") {
  const ScratchFolder folder;
  const auto err = [](std::vector<std::string> words) {
    const Outcome outcome = call(words);
    CHECK(outcome.status == 2);
    return outcome.err;
  };
  CHECK_THAT(err({"validate"}), ContainsSubstring("nothing measured is given"));
  CHECK_THAT(err({"validate", captures + "light.toml"}), ContainsSubstring("there is nothing to predict with"));
  CHECK_THAT(err({"validate", "--leave-one-out", "captures", captures + "light.toml"}),
             ContainsSubstring("needs three captures or more"));
  CHECK_THAT(err({"validate", "--leave-one-out", "m", captures + "light.toml"}),
             ContainsSubstring("no index samples are given"));
  CHECK_THAT(err({"validate", "--leave-one-out", "captures", captures + "light.toml", captures + "steady.toml",
                  captures + "wide.toml"}),
             ContainsSubstring("light.toml: error: capture.classes: report is in no other capture"));
  folder.write("c.toml", "[query.other]\ncpu = \"1ms\"\n");
  CHECK_THAT(err({"validate", "--calibration", "c.toml", captures + "light.toml"}),
             ContainsSubstring("capture.classes: the calibration has costs of none of them"));
}
