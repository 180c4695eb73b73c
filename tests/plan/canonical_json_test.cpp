// The identity of a point: base units, and the same text and hash however a scenario is spelled.

#include <nlohmann/json.hpp>

#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using namespace capplan::test;

TEST_CASE("the canonical text has base units and sorted keys") {
  const std::string text = canonical_json(resolved(small_scenario + "[slo]\nsearch = [\"p95 < 100ms\"]\n"));
  const auto json = nlohmann::json::parse(text);
  CHECK(json["scenario"]["duration"] == 1200.0);
  CHECK(json["pool"]["main"]["kind"] == "fixed");
  CHECK(json["query"]["load"]["cpu"]["lognormal"]["mean"] == 180e-6);
  CHECK(json["query"]["load"]["cpu"]["lognormal"]["cv"] == 0.8);
  CHECK(json["request"]["search"]["steps"][0]["times"] == 10);
  CHECK(json["workload"]["api"]["rate"] == 100.0);
  CHECK(json["workload"]["api"]["mix"]["search"] == 1.0);
  CHECK(json["slo"][0]["limit"] == 0.1);
  CHECK(json.dump() == text);
}

TEST_CASE("the hash does not depend on how a scenario is spelled") {
  const Scenario scenario = resolved(small_scenario);
  const std::string hash = scenario_hash(scenario);
  CHECK(hash.size() == 64);
  CHECK(hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(scenario_hash(resolved(small_scenario, {"scenario.duration=1200s"})) == hash);
  CHECK(scenario_hash(resolved(small_scenario, {"workload.api.rate=6k/min"})) == hash);
  CHECK(scenario_hash(resolved(small_scenario, {"pool.main.to=primary"})) == hash);
  CHECK(scenario_hash(resolved(small_scenario, {"pool.main.instances=1"})) == hash);
  CHECK(scenario_hash(resolved(small_scenario, {}, {"pool.main.size=1,2"})) == hash);
  CHECK(scenario_hash(resolved(small_scenario, {"pool.main.size=11"})) != hash);
  CHECK(scenario_hash(resolved(small_scenario, {"query.load.cpu.lognormal.cv=0.81"})) != hash);
}

TEST_CASE("a trace stands in the canonical text by its digest") {
  const models::Param capture{.name = "capture", .type = models::Type::capture};
  const models::Spec spec{.section = "workload", .kind = "trace", .params = {capture}};
  const auto json = [&](std::vector<core::Nanos> at) {
    models::ArrivalTrace trace{std::move(at), {0, 0}, {"search"}, 5, "light"};
    models::Value value;
    value.data = std::make_shared<const models::ArrivalTrace>(std::move(trace));
    Scenario scenario;
    scenario.sections = {{&spec, "replay", models::Params(models::Table{{"capture", value}}), {}}};
    return nlohmann::json::parse(canonical_json(scenario))["workload"]["replay"]["capture"];
  };
  CHECK(json({1, 2})["source"] == "light");
  CHECK(json({1, 2})["arrivals"] == 2);
  CHECK(json({1, 2})["sha256"] == json({1, 2})["sha256"]);
  CHECK(json({1, 2})["sha256"] != json({1, 3})["sha256"]);
}
