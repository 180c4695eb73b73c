// Loads over time, from the file to the verdict: rates from CSV, profiles, and runs that have no steady state by
// design.

#include <filesystem>

#include "plan/capture/rate_file.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using test::problems;
using test::resolved;
using test::small_scenario;

RunOptions replications(int count) {
  RunOptions options;
  options.threads = 1;
  options.stopping = {count, count, 0.05};
  return options;
}

bool warned(const Result& result, const std::string& code) {
  for (const Warning& warning : result.warnings)
    if (warning.code == code) return true;
  return false;
}

std::string refusal(const std::string& csv) {
  const test::ScratchFile file(csv, ".csv");
  try {
    load_rates(file.path());
  } catch (const core::InputError& error) {
    return std::to_string(error.problems().front().where.line) + ": " + error.problems().front().what;
  }
  return "";
}

/// small_scenario with its workload said anew.
std::string with_workload(const std::string& lines) {
  return small_scenario.substr(0, small_scenario.find("[workload.api]")) + "[workload.api]\n" + lines;
}

TEST_CASE("rates are read from a file in the units that its names or cells say") {
  const test::ScratchFile plain("time_s,rate_per_s,note\n1000,5,a\n1060,7.5,b\n", ".csv");
  const auto rows = load_rates(plain.path());
  REQUIRE(rows->size() == 2);
  const models::Params second(*(*rows)[1].as<models::Table>());
  CHECK(second.duration("at") == 60 * core::second);
  CHECK(second.number("rate") == 7.5);
  const test::ScratchFile units("time,rate\n0,120/min\n5min,3/s\n", ".csv");
  CHECK(models::Params(*(*load_rates(units.path()))[0].as<models::Table>()).number("rate") == 2);
  CHECK(refusal("time,rate\n0,5\n").find("2: ") == 0);
  CHECK(refusal("time_s,rate_per_s\n0,5\n0,6\n") == "3: comes no later than the row before it");
  CHECK(refusal("time_s,rate_per_s\n0,-5\n") == "2: '-5' is below 0");
  CHECK(refusal("time_s,rate_per_s\n0,1e10\n") == "2: '1e10' is out of range");
  CHECK(refusal("time,rate\n0,1e12/s\n") == "2: '1e12/s' is out of range");
  CHECK(refusal("time_s,rate_per_s\n0,\n") == "2: is empty");
  CHECK(refusal("time_s,rate_per_s\n0,0\n9,0\n") == "0: holds no rate above 0");
  CHECK(refusal("when,rate\n0,1/s\n").find("has no column \"time_s\" or \"time\"") != std::string::npos);

  const std::string text = with_workload("kind = \"open\"\nrates = \"" + plain.path() + "\"\nmix = { search = 1 }\n");
  const Scenario scenario = resolved(text);
  CHECK(scenario.find("workload.api")->params.list("rates").size() == 2);
  CHECK(canonical_json(scenario).find("\"rates\":[{\"at\":0.0,\"rate\":5.0},{\"at\":60.0,\"rate\":7.5}]") !=
        std::string::npos);
  CHECK(problems(with_workload("kind = \"open\"\nrates = \"none.csv\"\nmix = { search = 1 }\n"))
            .find("workload.api.rates: none.csv") != std::string::npos);
}

TEST_CASE("a profile becomes users and sizes, and what is written stays") {
  const std::string text =
      "[server.primary]\nkind = \"postgres\"\n"
      "[pool.code]\nkind = \"asyncpg\"\nto = \"server.primary\"\nprofile = \"codebase-heavy\"\n"
      "[pool.flow]\nkind = \"asyncpg\"\nto = \"server.primary\"\nprofile = \"workflow-enterprise\"\nmin_size = 1\n"
      "[query.q]\npool = \"code\"\ncpu = \"1ms\"\n"
      "[request.r]\nsteps = [{ query = \"q\" }]\n"
      "[workload.people]\nkind = \"closed\"\nprofile = \"heavy\"\nmix = { r = 1 }\n";
  const Scenario heavy = resolved(text);
  CHECK(heavy.find("workload.people")->params.count("users") == 50);
  CHECK(heavy.find("pool.code")->params.count("min_size") == 20);
  CHECK(heavy.find("pool.code")->params.count("max_size") == 100);
  CHECK(heavy.find("pool.flow")->params.count("min_size") == 1);
  CHECK(heavy.find("pool.flow")->params.count("max_size") == 100);
  CHECK(canonical_json(heavy).find("\"users\":50") != std::string::npos);
  const Scenario light = resolved(text, {"workload.people.profile=light", "pool.code.profile=codebase-medium"});
  CHECK(light.find("workload.people")->params.count("users") == 10);
  CHECK(light.find("pool.code")->params.count("max_size") == 50);
  CHECK(resolved(text, {}, {"workload.people.profile=light,medium,heavy,enterprise"}).axes.front().values.size() == 4);
  CHECK(problems(text, {"workload.people.profile=heav"}).find("did you mean heavy?") != std::string::npos);
}

TEST_CASE("a load that moves is judged over its whole time, and needs several runs") {
  const std::string text = with_workload(
      "kind = \"open\"\nrate = \"100/s\"\nmix = { search = 1 }\n"
      "shape = { stages = [{ duration = \"20s\", target = 3 }, { duration = \"20s\", target = 1 }] }\n");
  const Scenario scenario = resolved(text, {"scenario.duration=40s"});
  const Result result = run(scenario, replications(5));
  CHECK(result.warmup_s == 0);
  CHECK(result.verdict == Verdict::ok);  // it rises for half of the run, and is no system without a steady state
  // 100/s on average times 2, over 40 s: 8,000 requests; a mean of five runs of sqrt(8000) each.
  CHECK(result.at({"requests", "search", "offered_per_s"}).value == Approx(200).margin(5 * std::sqrt(8000.0 / 5) / 40));
  CHECK_FALSE(warned(result, "W40"));
  CHECK_FALSE(warned(result, "W41"));

  const Result single = run(scenario, replications(1));
  CHECK(warned(single, "W40"));
  CHECK_FALSE(single.at({"requests", "search", "latency_s", "p95"}).known);

  // 8 cores and 1.8 ms a request: some 4,400/s. Ten times that for a while leaves people standing at the end.
  const Result flooded =
      run(resolved(with_workload("kind = \"open\"\nrate = \"1000/s\"\nmix = { search = 1 }\n"
                                 "shape = { spikes = [{ at = \"2s\", length = \"1s\", times = 20 }] }\n"),
                   {"scenario.duration=4s"}),
          replications(5));
  CHECK(flooded.verdict == Verdict::ok);
  CHECK(warned(flooded, "W41"));
  CHECK_FALSE(warned(flooded, "W01"));
  CHECK(run(resolved(text, {"scenario.duration=40s", "scenario.warmup=10s"}), replications(2)).warmup_s == 10);
}

}  // namespace
}  // namespace capplan::plan
