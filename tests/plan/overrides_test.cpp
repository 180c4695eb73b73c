// Flags and sweeps: --set and --vary, ranges with their units, what an axis may name, and where problems point.

#include "plan/scenario/axes.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The labels of one axis, joined by blanks.
std::string labels(const std::string& flag) {
  std::string result;
  const std::vector<Axis> axes = parse_axes({flag});
  for (const std::string& label : axes.at(0).labels) result += (result.empty() ? "" : " ") + label;
  return result;
}

std::string refused(const std::string& flag) {
  try {
    parse_axes({flag});
  } catch (const core::InputError& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

TEST_CASE("set changes a key as if the file said so") {
  const Scenario scenario =
      resolved(small_scenario, {"pool.main.size=3", "scenario.duration = 1h", "query.load.cpu.lognormal.cv=2",
                                "server.primary.disk.fsync={ exponential = \"1ms\" }", "pool.main.size=4"});
  CHECK(scenario.find("pool.main")->params.count("size") == 4);
  CHECK(scenario.find("scenario")->params.duration("duration") == 3600 * core::second);
  CHECK(scenario.find("query.load")->params.distribution("cpu") == core::Distribution::lognormal(180e-6, 2));
  CHECK(scenario.find("server.primary")->params.record("disk").distribution("fsync").mean() == 0.001);
  const std::string slo = "[slo]\nsearch = [\"p95 < 1s\"]\n";
  CHECK(resolved(small_scenario + slo, {"slo.search=[\"p99 < 2s\"]"}).slos.at(0).limit == 2);
  CHECK(resolved(small_scenario.substr(small_scenario.find("[server")), {"scenario.name=x"}).name == "x");
}

TEST_CASE("a trace can be given as a value in place of a manifest's name") {
  std::string text = small_scenario.substr(0, small_scenario.find("[workload.api]"));
  text += "[workload.api]\nkind = \"trace\"\ncapture = \"none.toml\"\n";
  const auto trace = std::make_shared<const models::ArrivalTrace>(
      models::ArrivalTrace{{0, core::second}, {0, 0}, {"search"}, 2 * core::second, "an array"});
  models::Value given{trace, {"here"}, {"here"}, false, {}};
  const Scenario scenario = resolve(draft(text), {{"workload.api.capture", given}});
  CHECK(scenario.find("workload.api")->params.trace("capture") == trace);
  CHECK_THAT(canonical_json(scenario), ContainsSubstring("\"arrivals\":2"));

  auto other = *trace;
  other.classes = {"list"};
  given.data = std::make_shared<const models::ArrivalTrace>(other);
  CHECK_THROWS_WITH(resolve(draft(text), {{"workload.api.capture", given}}), ContainsSubstring("no [request.list]"));
}

TEST_CASE("set points at the flag when it is wrong") {
  CHECK(problems(small_scenario, {"pool.main.size=3", "pool.main.size=0"}) ==
        "--set #2 pool.main.size: 0 is outside 1..100000\n");
  CHECK(problems(small_scenario, {"pool.mian.size=3"}) ==
        "--set #1 pool.mian.size: names no section of this scenario; did you mean pool.main?\n");
  CHECK_THAT(problems(small_scenario, {"pool.main.siez=3"}), ContainsSubstring("did you mean size?"));
  CHECK_THAT(problems(small_scenario, {"pool.main=3"}), ContainsSubstring("write pool.main.PARAMETER"));
  CHECK_THAT(problems(small_scenario, {"pool.main.size.x=3"}), ContainsSubstring("has no such place: size is 10"));
  CHECK_THAT(problems(small_scenario, {"x=3", "..=1", "pool.main.=1"}), ContainsSubstring("names no section"));
  CHECK_THAT(problems(small_scenario, {"size"}), ContainsSubstring("--set #1 : \"size\" is not KEY=VALUE"));
  CHECK_THAT(problems(small_scenario, {"pool.main.size=", "=3", "pool.main.size=[1"}), ContainsSubstring("--set #3"));
}

TEST_CASE("vary takes lists and ranges in the unit of the bounds") {
  CHECK(labels("pool.main.size=20,50,100") == "20 50 100");
  CHECK(labels("pool.main.size=20,20,50") == "20 50");
  CHECK(labels("pool.main.pool_mode=session,transaction") == "session transaction");
  CHECK(labels("a.b.c=[1, 2],[3]") == "[1, 2] [3]");
  CHECK(labels("workload.api.rate=50/s..400/s:8") == "50/s 100/s 150/s 200/s 250/s 300/s 350/s 400/s");
  CHECK(labels("workload.api.rate=50/s..400/s:4") == "50/s 166.7/s 283.3/s 400/s");
  CHECK(labels("workload.api.rate=50..400/s:2") == "50/s 400/s");
  CHECK(labels("server.primary.shared_buffers=4GB..16GB:3") == "4GB 10GB 16GB");
  CHECK(labels("server.primary.shared_buffers=512MB..4GB:3") == "512MB 2304MB 4GB");
  CHECK(labels("x.y.z=1MB..1GB:3:log") == "1MB 32MB 1GB");
  CHECK(labels("pool.main.size=10..100:4") == "10 40 70 100");
  CHECK(labels("pool.main.size=1..1000:4:log") == "1 10 100 1000");
  CHECK(labels("x.y.z=0..1:5") == "0 0.25 0.5 0.75 1");
  CHECK(labels("x.y.z=1min..1h:3") == "1min 30.5min 1h");
  CHECK(labels("x.y.z=0%..100%:3") == "0% 50% 100%");
}

TEST_CASE("the whole numbers of a range fit a count") {
  const Scenario scenario = resolved(small_scenario, {}, {"pool.main.size=1..4:10", "query.load.cpu=1ms..2ms:3"});
  REQUIRE(scenario.axes.size() == 2);
  CHECK(scenario.axes[0].labels == std::vector<std::string>{"1", "2", "3", "4"});
  CHECK(std::get<std::int64_t>(scenario.axes[0].values[1].data) == 2);
  CHECK(scenario.axes[0].costs);
  CHECK_FALSE(scenario.axes[1].costs);
  CHECK(scenario.axes[1].labels[1] == "1.5ms");
  CHECK_THAT(problems(small_scenario, {}, {"pool.main.size=1.5,2"}), ContainsSubstring("must be a whole number"));
}

TEST_CASE("ranges that make no sense are refused") {
  CHECK_THAT(refused("a.b.c=1..2:99999"), ContainsSubstring("at most 10,000"));
  CHECK_THAT(refused("a.b.c=1..2:99999999999999999999"), ContainsSubstring("at most 10,000"));
  CHECK_THAT(refused("a.b.c=1..2:1"), ContainsSubstring("2 or more"));
  CHECK_THAT(refused("a.b.c=1..2:x"), ContainsSubstring("2 or more"));
  CHECK_THAT(refused("a.b.c=5..2:3"), ContainsSubstring("must be below"));
  CHECK_THAT(refused("a.b.c=0..2:3:log"), ContainsSubstring("above 0"));
  CHECK_THAT(refused("a.b.c=nan..2:3"), ContainsSubstring("must be a number"));
  CHECK_THAT(refused("a.b.c=1GB..2s:3"), ContainsSubstring("no unit in common"));
  CHECK_THAT(refused("a.b.c=1h30min..2h:3"), ContainsSubstring("at most one unit"));
  CHECK_THAT(refused("a.b.c=1,,2"), ContainsSubstring("empty value"));
  CHECK_THAT(refused("a.b.c"), ContainsSubstring("--vary #1: error: \"a.b.c\" is not KEY=VALUE"));
  CHECK_THROWS_WITH(parse_axes({"a.b.c=1,2", "a.b.c=3"}), ContainsSubstring("varied twice"));
  CHECK(labels("a.b.c=1..1.0000000000000002:3").size() > 0);
}

TEST_CASE("sweeps of the file are checked value by value") {
  const std::string sweep = small_scenario + "[sweep]\n";
  const Scenario scenario = resolved(sweep + "\"pool.main.size\" = [5, 10]\nworkload.api.rate = \"50/s..60/s:3\"\n");
  REQUIRE(scenario.axes.size() == 2);
  CHECK(scenario.axes[1].key == "workload.api.rate");
  CHECK(scenario.axes[1].labels[1] == "55/s");
  CHECK(problems(sweep + "\"pool.main.size\" = [5, 0, \"x\"]\n") ==
        "21:24 pool.main.size: 0 is outside 1..100000\n21:27 pool.main.size: must be a whole number, not \"x\"\n");
  CHECK(problems(sweep + "\"pool.mian.size\" = [5]\n") ==
        "21:1 sweep.pool.mian.size: names no section of this scenario; did you mean pool.main?\n");
  CHECK(problems(sweep + "\"pool.main.siez\" = [5, 6]\n") ==
        "21:1 sweep.pool.main.siez: names no parameter; did you mean size?\n");
  CHECK_THAT(problems(sweep + "\"pool.main.size\" = []\n"), ContainsSubstring("at least one value"));
  CHECK_THAT(problems(sweep + "\"pool.main.size\" = 5\n"), ContainsSubstring("must be a list of values"));
  CHECK_THAT(problems(sweep + "\"pool.main\" = [5]\n"), ContainsSubstring("must name a parameter"));
  CHECK_THAT(problems(sweep + "\"query.load.pool\" = [\"main\", \"mian\"]\n"),
             ContainsSubstring("21:30 query.load.pool"));
  CHECK_THAT(problems(sweep + "\"pool.main.kind\" = [\"fixed\", \"asyncpg\"]\n"), ContainsSubstring("pool.main.size"));
}

TEST_CASE("vary replaces the axis of the same key") {
  const std::string sweep = small_scenario + "[sweep]\n\"pool.main.size\" = [5, 10]\n\"server.primary.cores\" = [4]\n";
  const Scenario scenario = resolved(sweep, {}, {"workload.api.rate=1/s,2/s", "pool.main.size=7"});
  REQUIRE(scenario.axes.size() == 3);
  CHECK(scenario.axes[0].key == "pool.main.size");
  CHECK(scenario.axes[0].labels == std::vector<std::string>{"7"});
  CHECK(scenario.axes[2].key == "workload.api.rate");
  CHECK(problems(sweep, {}, {"pool.main.size=0"}) == "--vary #1 pool.main.size: 0 is outside 1..100000\n");
}

TEST_CASE("a point is the scenario with a value of each axis set") {
  const Scenario scenario = resolved(small_scenario, {}, {"pool.main.size=1..4:2", "workload.api.rate=5/s..9/s:3"});
  std::vector<Override> point;
  for (const Axis& axis : scenario.axes) point.push_back({axis.key, axis.values.back()});
  const Scenario last = resolve(draft(small_scenario), point);
  CHECK(last.find("pool.main")->params.count("size") == 4);
  CHECK(last.find("workload.api")->params.number("rate") == 9);
}
