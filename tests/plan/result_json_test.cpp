// Results as JSON: what is written is read back the same, and what is something else is refused.

#include "plan/study/result_json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/plan/report_sample.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;
using test::sample_result;
using test::sample_sweep;

namespace {

std::string refusal(const std::string& text) {
  try {
    result_from_json(text, "results.db");
  } catch (const core::InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a result is read back equal") {
  const Result result = sample_result();
  CHECK(result_from_json(to_json(result), "x") == result);
  CHECK(result_from_json(to_json(result, -1), "x") == result);
  CHECK(to_json(result_from_json(to_json(result), "x")) == to_json(result));
}

TEST_CASE("a result without figures, SLOs and warnings is read back equal") {
  const Result empty;
  CHECK(result_from_json(to_json(empty), "x") == empty);
}

TEST_CASE("the values of the replications stand on one line and are read back equal") {
  Result result = sample_result();
  result.figures[4].values = {0.004, 1.0 / 3, 5e-324, 0};
  result.name = "not [1, 2] but \"[3,\n4]\\";
  const std::string text = to_json(result);
  CHECK_THAT(text, ContainsSubstring("\"values\": [0.004, 0.3333333333333333, 5e-324, 0.0]\n"));
  CHECK(json::parse(text) == json::parse(to_json(result, -1)));
  CHECK(result_from_json(text, "x") == result);
}

TEST_CASE("every verdict and judgement is read back") {
  for (const Verdict verdict : {Verdict::ok, Verdict::missed, Verdict::undecided, Verdict::no_steady_state}) {
    Result result = sample_result();
    result.verdict = verdict;
    CHECK(result_from_json(to_json(result), "x").verdict == verdict);
  }
}

TEST_CASE("figures that no short decimal can say are read back to the last bit") {
  Result result = sample_result();
  for (const double value : {1.0 / 3, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 123456789.0}) {
    result.figures[0].estimate = {value, value / 2, value, true};
    CHECK(result_from_json(to_json(result), "x") == result);
  }
}

TEST_CASE("figures nest along their paths, each with its interval") {
  const json j = json::parse(to_json(sample_result()));
  CHECK(j["schema"] == "capplan.result/1");
  CHECK(j["verdict"] == "missed");
  CHECK(j["scenario"]["pool"]["app"]["size"] == 8);
  CHECK(j["seed"] == 18'446'744'073'709'551'615u);
  const json& p99 = j["requests"]["search"]["latency_s"]["p99"];
  CHECK(p99["value"] == 0.0412);
  CHECK(p99["lo"].get<double>() == Approx(0.0401));
  CHECK(j["requests"]["search"]["latency_s"]["p999"].is_null());
  CHECK(j["requests"]["search"]["errors"]["query_wait_timeout"]["value"] == 0.00125);
  CHECK(j["caches"] == json::object());
  CHECK(j["slos"][1]["judgement"] == "missed");
  CHECK(j["slos"][2]["estimate"].is_null());
  CHECK(j["warnings"][0]["code"] == "W04");
}

TEST_CASE("names of sections and errors may be anything, even words of the format") {
  Result result;
  result.figures = {{{"queries", "value", "executed_per_s"}, test::about(1, 0.5)},
                    {{"queries", "lo", "executed_per_s"}, test::about(2, 0.5)},
                    {{"requests", "a/b", "errors", "sorry, \"too many\" clients"}, test::about(3, 0.5)}};
  CHECK(result_from_json(to_json(result), "x") == result);
}

TEST_CASE("text that is not UTF-8 does not spoil the file") {
  Result result = sample_result();
  result.name = "caf\xe9";
  CHECK(json::accept(to_json(result)));
}

TEST_CASE("what is no result is refused with the file's name") {
  CHECK_THAT(refusal("{"), ContainsSubstring("results.db: error:"));
  CHECK_THAT(refusal("[]"), ContainsSubstring("is no result"));
  CHECK_THAT(refusal("{}"), ContainsSubstring("is no result"));
  CHECK_THAT(refusal("{\"schema\": \"capplan.result/2\"}"), ContainsSubstring("capplan.result/1"));
  CHECK_THAT(refusal("{\"schema\": \"capplan.result/1\"}"), ContainsSubstring("name"));
}

TEST_CASE("a result damaged anywhere is refused, never read as something else") {
  const json good = json::parse(to_json(sample_result()));
  for (const auto& [key, value] : good.items()) {
    INFO(key);
    json bad = good;
    bad[key] = json::array({1, 2});
    if (key != "slos" && key != "warnings" && key != "scenario") CHECK_FALSE(refusal(bad.dump()).empty());
  }
  json bad = good;
  bad["requests"]["search"]["latency_s"]["p99"] = "fast";
  CHECK_THAT(refusal(bad.dump()), ContainsSubstring("requests/search/latency_s/p99"));
  bad = good;
  bad["verdict"] = "splendid";
  CHECK_THAT(refusal(bad.dump()), ContainsSubstring("splendid"));
  bad = good;
  bad["requests"]["search"]["latency_s"]["p99"].erase("hi");
  CHECK_FALSE(refusal(bad.dump()).empty());
}

TEST_CASE("a sweep's JSON names the place of each point and what is not done") {
  const json j = json::parse(to_json(sample_sweep()));
  CHECK(j["schema"] == "capplan.sweep/1");
  CHECK(j["axes"][0]["key"] == "pool.app.size");
  CHECK(j["axes"][1]["values"] == json::array({"400/s", "800/s"}));
  REQUIRE(j["points"].size() == 4);
  CHECK(j["points"][1]["at"]["workload.api.rate"] == "800/s");
  CHECK(j["points"][1]["result"]["schema"] == "capplan.result/1");
  CHECK(j["points"][3]["done"] == false);
  CHECK(j["points"][3]["result"].is_null());
  CHECK(j["smallest"][0]["value"] == "4");
  CHECK(j["smallest"][1]["value"].is_null());
}

TEST_CASE("a sweep's JSON does not tell which points came from the store") {
  Sweep computed = sample_sweep(), reused = sample_sweep();
  reused.reused = 3;
  CHECK(to_json(computed) == to_json(reused));
}
