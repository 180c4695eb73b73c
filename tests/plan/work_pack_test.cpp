// A work as bytes holds all that it depends on: what is read back simulates the same bits, of every shipped scenario,
// of draws, and of what files gave to it when the files are gone.

#include "plan/study/work_pack.h"

#include "plan/scenario/scenario_pack.h"
#include "tests/plan/drawn_scenario.h"
#include "tests/plan/scratch_file.h"
#include "tests/plan/shipped_scenarios.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

Simulation first_run(Scenario scenario) {
  return {.scenario = std::make_shared<const Scenario>(std::move(scenario)), .first = 0, .last = 1};
}

/// Batches are compared by their bytes, which leave nothing out.
void check_same(const Simulation& simulation) {
  const std::string bytes = pack_simulation(simulation);
  const Simulation read = unpack_simulation(bytes);
  CHECK(pack_simulation(read) == bytes);
  const std::string batch = pack_batch(simulate(simulation));
  CHECK(pack_batch(simulate(read)) == batch);
  CHECK(pack_batch(unpack_batch(batch)) == batch);
}

const std::string keyed =
    test::small_scenario +
    "[cache.local]\nkind = \"lru\"\nmax_entries = 20\nttl = \"60s\"\n[request.cached]\ncaches = [\"local\"]\n"
    "steps = [{ query = \"load\" }]\nkeys = { count = 10 }\n"
    "[workload.more]\nkind = \"open\"\nrate = \"50/s\"\nmix = { cached = 1 }\n";

TEST_CASE("a work that was packed simulates the same bits, of every shipped scenario") {
  for (const std::string& name : test::shipped_names()) {
    INFO(name);
    const Scenario own = test::shipped(name);
    const models::Params& p = own.find("scenario")->params;
    const core::Nanos warmup = p.has("warmup") ? p.duration("warmup") : 0;
    const core::Nanos length = std::min(p.duration("duration"), warmup + 5 * core::second);
    check_same(
        first_run(test::shipped(name, {"scenario.duration=" + std::to_string(length / core::millisecond) + "ms"})));
  }
}

TEST_CASE("a work that was packed needs no file") {
  std::optional<Simulation> read;
  std::string batch;
  {
    std::string keys;
    for (int i = 0; i < 500; ++i) keys += std::to_string(i * i % 97) + "\n";
    const test::ScratchFile file(keys, ".csv");
    const Simulation simulation = first_run(
        test::resolved(keyed, {"scenario.duration=20s", "request.cached.keys={ trace = \"" + file.path() + "\" }"}));
    batch = pack_batch(simulate(simulation));
    read = unpack_simulation(pack_simulation(simulation));
  }
  CHECK(pack_batch(simulate(*read)) == batch);
}

TEST_CASE("what draws share is packed once") {
  const Scenario scenario = test::drawn_scenario(8);
  CHECK(pack_scenario(scenario).size() < 3 * pack_scenario(test::drawn_scenario(0)).size());
  Simulation simulation = first_run(scenario);
  simulation.seed = 7;
  simulation.last = 3;
  simulation.paired = 2;
  check_same(simulation);
  simulation.first = 8 + cut_replications;  // runs of the draws, and the first replications, are kept whole
  simulation.last = simulation.first + 2;
  simulation.cut = 3;
  CHECK(simulate(simulation).front().reduced);
  check_same(simulation);
}

TEST_CASE("a scenario that was sent before need not be sent again") {
  const Simulation simulation = first_run(test::resolved(test::small_scenario, {"scenario.duration=5s"}));
  const std::string brief = pack_simulation(simulation, false);
  CHECK(brief.size() < 100);
  CHECK(pack_batch(simulate(unpack_simulation(brief, simulation.scenario))) == pack_batch(simulate(simulation)));
  CHECK_THROWS_AS(unpack_simulation(brief), std::invalid_argument);
}

TEST_CASE("problems come back as they were") {
  const std::vector<core::Problem> problems = {{{"a.toml", 3, 7}, "pool.main.size", "must be 1 or more", "5"},
                                               {{"", 0, -1}, "", "", ""}};
  const std::vector<core::Problem> read = unpack_problems(pack_problems(problems));
  REQUIRE(read.size() == 2);
  CHECK(core::describe(read[0]) == core::describe(problems[0]));
  CHECK(read[1].where.column == -1);
}

TEST_CASE("damaged bytes of a work are refused") {
  const std::string bytes = pack_simulation(first_run(test::resolved(test::small_scenario)));
  for (std::size_t i = 0; i < bytes.size(); i += 97) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    CHECK_THROWS_AS(unpack_simulation(damaged), std::invalid_argument);
    CHECK_THROWS_AS(unpack_simulation(bytes.substr(0, i)), std::invalid_argument);
  }
}

}  // namespace
}  // namespace capplan::plan
