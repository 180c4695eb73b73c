// Scenarios as a whole: what resolves, what a section inherits, what SLOs say, and that every problem of a file is
// found in one go at its line and column.

#include "plan/scenario/scenario.h"

#include <filesystem>
#include <fstream>

#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a scenario resolves with defaults and references completed") {
  const Scenario scenario = resolved(small_scenario);
  CHECK(scenario.name == "small");
  CHECK(scenario.source == "a.toml");
  REQUIRE(scenario.sections.size() == 6);
  CHECK(scenario.sections[1].path() == "server.primary");
  CHECK(scenario.sections[1].where.line == 4);
  CHECK(scenario.find("scenario")->params.duration("duration") == 1200 * core::second);
  CHECK(scenario.find("query.load")->params.text("pool") == "pool.main");
  CHECK(scenario.find("pool.main")->params.text("to") == "server.primary");
  CHECK(scenario.find("server.primary")->params.count("cores") == 8);
  CHECK(scenario.find("pool.other") == nullptr);
  const models::List& steps = scenario.find("request.search")->params.list("steps");
  CHECK(models::Params(std::get<models::Table>(steps.at(0).data)).text("query") == "query.load");
}

TEST_CASE("no request takes the name under which results hold all of them") {
  CHECK(problems(small_scenario + "[request.all]\nsteps = [{ query = \"load\" }]\n") ==
        "20:10 request.all: \"all\" stands for all requests together in results\n");
}

TEST_CASE("a warm-up as long as the run is refused where it is written") {
  CHECK(problems(small_scenario, {"scenario.warmup=20min"}) ==
        "--set #1 scenario.warmup: must be shorter than the duration, by 1ms at least\n");
  CHECK(problems(small_scenario, {}, {"scenario.duration=1min,5min"}).empty());
  CHECK(resolved(small_scenario, {"scenario.warmup=5min"}).find("scenario")->params.has("warmup"));
}

TEST_CASE("a section that is like another has its keys and keeps its own") {
  const std::string text = small_scenario +
                           "[server.replica]\nlike = \"primary\"\nmax_connections = 50\n"
                           "[server.third]\nlike = \"server.replica\"\ncores = 2\n";
  const Scenario scenario = resolved(text, {"server.primary.disk.fsync=1ms", "server.replica.disk.concurrency=4"});
  const models::Params& replica = scenario.find("server.replica")->params;
  CHECK(replica.count("cores") == 8);
  CHECK(replica.count("max_connections") == 50);
  CHECK(replica.record("disk").distribution("fsync").mean() == 0.001);
  CHECK(replica.record("disk").count("concurrency") == 4);
  CHECK(scenario.find("server.third")->params.count("cores") == 2);
  CHECK(scenario.find("server.third")->params.count("max_connections") == 50);
  CHECK_THAT(problems(small_scenario + "[server.a]\nlike = \"b\"\n[server.b]\nkind = \"postgres\"\nlike = \"a\"\n"),
             ContainsSubstring(": server.a is like itself, through this"));
  CHECK_THAT(problems(small_scenario + "[server.a]\nlike = \"pool.main\"\n"), ContainsSubstring("must name a server"));
}

TEST_CASE("a failure names one of several by its number") {
  const std::string text =
      small_scenario + "[server.replica]\nlike = \"primary\"\nreplicas = 2\n[failure.lost]\nat = \"1s\"\n";
  const auto target = [&](const std::string& name) {
    return resolved(text + "target = \"" + name + "\"\n").find("failure.lost")->params.text("target");
  };
  CHECK(target("server.replica.2") == "server.replica.2");
  CHECK(target("replica.1") == "server.replica.1");
  CHECK(target("replica") == "server.replica");
  for (const char* name : {"server.replica.0", "server.replica.x", "server.third.1", "pool.main"})
    CHECK_THAT(problems(text + "target = \"" + name + "\"\n"), ContainsSubstring(" failure.lost.target: "));
  CHECK(problems(small_scenario + "[pool.other]\nkind = \"fixed\"\nto = \"server.primary.1\"\n") != "");
}

TEST_CASE("a calibration fills in what a query does not say") {
  const auto folder = std::filesystem::temp_directory_path() / "capplan_scenario_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "costs.toml") << "schema = \"x\"\n[query.load]\ncpu = { gamma = { mean = \"1ms\", cv = 2 } }\n"
                                          "pool = \"wrong\"\nfit = { rows = 5 }\n[query.other]\ncpu = \"1ms\"\n";
  const std::string head =
      "[scenario]\ncalibration = \"costs.toml\"\n[server.primary]\nkind = \"postgres\"\n"
      "[request.r]\nsteps = [{ query = \"load\" }]\n"
      "[workload.w]\nkind = \"open\"\nrate = \"1/s\"\nmix = { r = 1 }\n"
      "[pool.main]\nkind = \"fixed\"\nto = \"primary\"\n[query.load]\npool = \"main\"\n";
  const auto resolve_text = [&](const std::string& text, const std::vector<std::string>& sets = {}) {
    const std::string file = (folder / "a.toml").string();
    return resolve({file, parse_toml(text, file)}, parse_overrides(sets));
  };
  const Scenario scenario = resolve_text(head);
  const models::Params& load = scenario.find("query.load")->params;
  CHECK(load.distribution("cpu") == core::Distribution::gamma(0.001, 2));
  CHECK(load.text("pool") == "pool.main");
  CHECK(find(load.values(), "cpu")->origin == "calibration");
  CHECK(find(load.values(), "pool")->origin.empty());
  const Scenario changed = resolve_text(head, {"query.load.cpu.gamma.cv=3"});
  CHECK(changed.find("query.load")->params.distribution("cpu") == core::Distribution::gamma(0.001, 3));
  CHECK(resolve_text(head + "cpu = \"3ms\"\n").find("query.load")->params.distribution("cpu").mean() == 0.003);
  try {
    resolve_text(head + "[query.store]\npool = \"main\"\n");
    FAIL("a query without costs must be refused");
  } catch (const core::InputError& error) {
    REQUIRE(error.problems().size() == 1);
    CHECK(error.problems()[0].key == "query.store.cpu");
    CHECK_THAT(error.problems()[0].hint, ContainsSubstring("costs.toml has no cpu for [query.store]"));
  }
  std::ofstream(folder / "costs.toml") << "[query.load\n";
  CHECK_THROWS_WITH(resolve_text(head), ContainsSubstring("costs.toml:1:"));
  std::filesystem::remove_all(folder);
  CHECK_THROWS_WITH(resolve_text(head), ContainsSubstring("a.toml:2:15: error: scenario.calibration"));
}

TEST_CASE("slos are read with their units") {
  const Scenario scenario =
      resolved(small_scenario +
               "[slo]\nsearch = [\"p95 < 100ms\", \"p(99)<60ms\", \"p(99.9) <= 1s\", \"errors < 0.1%\"]\n"
               "all = \"throughput > 800/s\"\n"
               "\"pool.main\" = [\"utilization < 70%\", \"wait_p95 < 5ms\"]\n"
               "server.primary = [\"hit_ratio > 90%\"]\n");
  REQUIRE(scenario.slos.size() == 8);
  CHECK(scenario.slos[0].target == "search");
  CHECK(scenario.slos[0].metric == "p95");
  CHECK(scenario.slos[0].below);
  CHECK(scenario.slos[0].limit == 0.1);
  CHECK(scenario.slos[0].text == "p95 < 100ms");
  CHECK(scenario.slos[0].where.line == 21);
  CHECK(scenario.slos[1].metric == "p99");
  CHECK(scenario.slos[2].metric == "p999");
  CHECK(scenario.slos[3].limit == 0.001);
  CHECK(scenario.slos[4].target == "all");
  CHECK_FALSE(scenario.slos[4].below);
  CHECK(scenario.slos[4].limit == 800);
  CHECK(scenario.slos[6].metric == "wait_p95");
  CHECK(scenario.slos[7].target == "server.primary");
}

TEST_CASE("slos that cannot be judged are refused") {
  const auto said = [](const std::string& condition, const std::string& target = "search") {
    return problems(small_scenario + "[slo]\n\"" + target + "\" = [\"" + condition + "\"]\n");
  };
  CHECK(said("p94 < 1s") == "21:13 slo.search: \"p94\" is no metric; did you mean p95?\n");
  CHECK_THAT(said("speed < 1s"), ContainsSubstring("no metric of a request; one of offered, throughput"));
  CHECK_THAT(said("utilization < 70%"), ContainsSubstring("no metric of a request"));
  CHECK_THAT(said("recall > 0.95"), ContainsSubstring("searches no index"));
  CHECK_THAT(said("p95"), ContainsSubstring("is not METRIC < VALUE"));
  CHECK_THAT(said("p95 < "), ContainsSubstring("not a duration"));
  CHECK_THAT(said("p95 < 100"), ContainsSubstring("needs a unit"));
  CHECK_THAT(said("throughput > 100"), ContainsSubstring("as in \"100/s\""));
  CHECK_THAT(said("errors < 5"), ContainsSubstring("write it as \"errors < 5%\""));
  CHECK_THAT(said("p95 < 1s", "serch"), ContainsSubstring("did you mean search?"));
  CHECK_THAT(said("utilization < 70%", "main"), ContainsSubstring("did you mean pool.main?"));
  CHECK_THAT(problems(small_scenario + "[slo]\nsearch = [5]\n"), ContainsSubstring("must be a text"));
}

TEST_CASE("a capture is replayed and its classes must be requests") {
  const std::string manifest = std::string(CAPPLAN_SOURCE_DIR) + "/data/captures/light.toml";
  if (!std::filesystem::exists(manifest)) return;
  const std::string text = small_scenario + "[workload.replay]\nkind = \"trace\"\ncapture = \"" + manifest + "\"\n";
  CHECK_THAT(problems(text), ContainsSubstring("22:11 workload.replay.capture: the capture has requests of class"));
}

TEST_CASE("a capture that is not there is a problem at its name") {
  const std::string text = small_scenario + "[workload.replay]\nkind = \"trace\"\ncapture = \"none.toml\"\n";
  CHECK_THAT(problems(text), ContainsSubstring("22:11 workload.replay.capture: none.toml "));
}

TEST_CASE("a scenario to which nothing ever arrives is refused") {
  CHECK(problems("") == "1:1 workload: there is none: no request would ever arrive\n");
}

TEST_CASE("structures that are no scenario are refused") {
  CHECK_THAT(problems("pool = 5\n"), ContainsSubstring("1:1 pool: must be a table: write [pool]"));
  CHECK_THAT(problems("[pool]\nkind = \"fixed\"\nsize = 5\n"),
             ContainsSubstring("2:1 pool.kind: a pool needs a name: write [pool.NAME]"));
  CHECK_THAT(problems("[pool.\"a b\"]\nkind = \"fixed\"\n"), ContainsSubstring("a name is of letters"));
  CHECK(problems("[pool." + std::string(100'000, 'x') + "]\nkind = \"fixed\"\n").size() < 500);
  CHECK_THAT(problems("[pools.main]\n"), ContainsSubstring("1:2 pools: unknown section; did you mean pool?"));
  CHECK_THAT(problems("[query.load]\nkind = \"x\"\npool = \"p\"\ncpu = \"1ms\"\n"),
             ContainsSubstring("2:1 query.load.kind: unknown key for [query]"));
  CHECK_THAT(problems("[scenario.x]\n"), ContainsSubstring("scenario.x: unknown key"));
  CHECK_THAT(problems("[query.load]\npool = \"main\"\n"), ContainsSubstring("there is no [pool.main] in this"));
  CHECK_THAT(problems(small_scenario + "[sweep]\nnonsense = [1]\n"), ContainsSubstring("names no section"));
}

TEST_CASE("twenty different mistakes give twenty problems at their places") {
  const std::string file = std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/broken/twenty_mistakes.toml";
  struct Expected {
    int line, column;
    const char* key;
    const char* what;
  };
  const std::vector<Expected> expected = {
      {3, 12, "scenario.duration", "needs a unit"},
      {7, 9, "server.primary.cores", "0 is outside"},
      {8, 1, "server.primary.max_conections", "did you mean max_connections?"},
      {9, 32, "server.primary.disk.fsync.lognormal.cv", "is required"},
      {13, 8, "server.replica.like", "did you mean primary?"},
      {18, 13, "bouncer.main.pool_mode", "did you mean transaction?"},
      {19, 22, "bouncer.main.query_wait_timeout", "write \"2min\""},
      {22, 8, "pool.codebase.kind", "did you mean asyncpg?"},
      {26, 6, "pool.other.to", "did you mean bouncer.main?"},
      {27, 8, "pool.other.size", "must be a whole number"},
      {29, 1, "query.load.cpu", "is required"},
      {33, 8, "query.store.pool", "must be the name of a pool"},
      {34, 9, "query.store.cpu.lognrmal", "did you mean lognormal?"},
      {36, 2, "cash", "unknown section"},
      {40, 9, "request.search.steps", "must not be empty"},
      {44, 8, "workload.api.rate", "write \"1min\""},
      {45, 9, "workload.api.mix.serch", "there is no [request.serch]"},
      {47, 1, "workload.users.kind", "is required"},
      {51, 11, "slo.search", "needs a unit"},
      {54, 33, "server.primary.cores", "-1 is outside"},
  };
  try {
    resolve(read_draft(file));
    FAIL("twenty mistakes must not resolve");
  } catch (const core::InputError& error) {
    REQUIRE(error.problems().size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const core::Problem& problem = error.problems()[i];
      INFO(core::describe(problem));
      CHECK(problem.where.file == file);
      CHECK(problem.where.line == expected[i].line);
      CHECK(problem.where.column == expected[i].column);
      CHECK(problem.key == expected[i].key);
      CHECK_THAT(problem.what, ContainsSubstring(expected[i].what));
    }
    CHECK_THAT(error.what(), Catch::Matchers::EndsWith("20 errors"));
  }
}
