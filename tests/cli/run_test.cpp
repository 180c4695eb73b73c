// capplan run: exit codes by verdict, where results go, and that only results go there.

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;
using test::small_scenario;

TEST_CASE("a run whose SLOs are met ends with 0 and two commands to try") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK_THAT(outcome.out, ContainsSubstring("✓ small: the SLO is met"));
  CHECK_THAT(outcome.out, ContainsSubstring("try next:\n  capplan sweep s.toml --vary pool.app.size=2,4,8\n"
                                            "  capplan run s.toml --set workload.api.rate=150/s\n"));
}

TEST_CASE("the commands to try work as they stand") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"sweep", "s.toml", "--vary", "pool.app.size=2,4,8", "--store", "none"}).status == 0);
  CHECK(call({"run", "s.toml", "--set", "workload.api.rate=150/s"}).status == 0);
  const Outcome largest = call({"run", "s.toml", "--set", "pool.app.size=100000"});
  CHECK_THAT(largest.out, ContainsSubstring("capplan sweep s.toml --set pool.app.size=100000 --vary "
                                            "pool.app.size=50000,100000\n"));
}

TEST_CASE("a missed SLO ends with 3 and an undecided one with 4") {
  const ScratchFolder folder;
  folder.write("missed.toml", small_scenario("p95 < 1us"));
  folder.write("undecided.toml", small_scenario("p999 < 13ms"));
  CHECK(call({"run", "missed.toml"}).status == 3);
  CHECK_THAT(call({"run", "missed.toml"}).out, ContainsSubstring("✗ small"));
  CHECK(call({"run", "undecided.toml", "--replications", "2", "--set", "scenario.duration=2s"}).status == 4);
}

TEST_CASE("a service without a steady state ends with 4") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario("p95 < 1s", "5000/s"));
  const Outcome outcome = call({"run", "s.toml"});
  CHECK(outcome.status == 4);
  CHECK_THAT(outcome.out, ContainsSubstring("~ small: no steady state"));
}

TEST_CASE("the exit code does not depend on the format") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario("p95 < 1us"));
  for (const char* format : {"table", "json", "csv", "markdown"})
    CHECK(call({"run", "s.toml", "--format", format}).status == 3);
}

TEST_CASE("with the format JSON nothing but JSON is printed") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "--format", "json", "-v"});
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["schema"] == "capplan.result/1");
  CHECK(json["verdict"] == "ok");
  CHECK(json["requests"]["search"]["latency_s"]["p95"]["value"].get<double>() > 0);
  CHECK_THAT(outcome.err, ContainsSubstring("events in"));
}

TEST_CASE("the same seed gives the same bytes with any number of threads and another seed others") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const std::string one = call({"run", "s.toml", "--format", "json", "-j", "1"}).out;
  CHECK(one == call({"run", "s.toml", "--format", "json", "-j", "3"}).out);
  CHECK(one != call({"run", "s.toml", "--format", "json", "--seed", "2"}).out);
}

TEST_CASE("files take the format of their extension and replace standard output") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "-o", "a.json", "-o", "a.csv", "-o", "a.md", "-o", "a.txt"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "wrote a.json\nwrote a.csv\nwrote a.md\nwrote a.txt\n");
  CHECK(nlohmann::json::accept(folder.read("a.json")));
  CHECK(folder.read("a.csv").starts_with("path,value,lo,hi\n"));
  CHECK(folder.read("a.md").starts_with("## ✓ small"));
  CHECK(folder.read("a.txt").starts_with("✓ small"));
  CHECK(folder.files() == 5);
}

TEST_CASE("a dash among the files is standard output") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "-o", "-", "-o", "a.json", "-q"});
  CHECK(outcome.out.starts_with("✓ small"));
  CHECK(outcome.out.find("try next") == std::string::npos);
  CHECK(outcome.err.empty());
  CHECK(folder.has("a.json"));
}

TEST_CASE("a file that cannot be written is refused before anything is simulated") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "-o", "nowhere/a.json", "-o", "a.xyz", "-o", "."});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring("there is no folder"));
  CHECK_THAT(outcome.err, ContainsSubstring("\"a.xyz\" has none of the extensions .html .txt .json .csv .md"));
  CHECK(folder.files() == 1);
}

TEST_CASE("an answer does not take the place of its scenario") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "--format", "json", "-o", "s.toml"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("s.toml: error: is the file to write, too"));
  CHECK(call({"sweep", "s.toml", "--vary", "pool.app.size=1,2", "--format", "csv", "-o", "./s.toml"}).status == 2);
  CHECK(folder.read("s.toml") == small_scenario());
}

TEST_CASE("everything wrong with a scenario is named at once with its place") {
  const ScratchFolder folder;
  std::string text = small_scenario();
  text.replace(text.find("size = 4"), 8, "sise = 4");
  text.replace(text.find("\"100/s\""), 7, "100");
  folder.write("s.toml", text);
  const Outcome outcome = call({"run", "s.toml"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring("s.toml:9:1: error: pool.app.sise"));
  CHECK_THAT(outcome.err, ContainsSubstring("s.toml:17:8: error: workload.api.rate"));
}

TEST_CASE("a change on the command line that names nothing is refused by its number") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"run", "s.toml", "--set", "pool.app.size=8", "--set", "pool.app.sizes=8"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("--set #2"));
}

TEST_CASE("a scenario that is not there is bad input") {
  const Outcome outcome = call({"run", "no such.toml"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("no such.toml"));
}

TEST_CASE(
    "with --uncertainty an SLO is met with a probability; where nothing says how sure the costs are, it is an error") {
  const ScratchFolder folder;
  const std::string scenario = small_scenario();
  folder.write("plain.toml", scenario);
  const Outcome plain = call({"run", "plain.toml", "--uncertainty"});
  CHECK(plain.status == 2);
  CHECK_THAT(plain.err, ContainsSubstring("without a calibration") && ContainsSubstring("capplan calibrate"));
  folder.write("one.toml", "[scenario]\nduration = \"10s\"\ncalibration = \"one.costs.toml\"\n" +
                               scenario.substr(scenario.find("[server")));
  folder.write("one.costs.toml", "[query.other]\ncpu = \"1ms\"\n");
  const Outcome single = call({"run", "one.toml", "--uncertainty=8"});
  CHECK(single.status == 2);
  CHECK_THAT(single.err, ContainsSubstring("one.costs.toml") && ContainsSubstring("two captures or more"));
  for (const char* flag : {"--uncertainty=7", "--uncertainty=many", "--uncertainty=1001"})
    CHECK_THAT(call({"run", "one.toml", flag}).err, ContainsSubstring("whole number from 8 to 1000"));
  CHECK_THAT(call({"run", "one.toml", "--uncertainty", "--budget", "1min"}).err, ContainsSubstring("every draw"));
  CHECK_THAT(call({"run", "one.toml", "--uncertainty", "--replications", "1"}).err, ContainsSubstring("no scatter"));

  folder.write("one.costs.toml",
               "[calibration.uncertainty]\nversion = 1\ncovariance = [{ name = \"round_trip\", row = [0.01] }]\n"
               "[costs.pool]\nround_trip = \"2ms\"\n");
  const Outcome drawn = call({"run", "one.toml", "--uncertainty=8", "--replications", "5"});
  CHECK_THAT(drawn.out, ContainsSubstring("5 replications") && ContainsSubstring("8 draws of the calibration") &&
                            ContainsSubstring("met with probability") && ContainsSubstring("by calibration"));
  REQUIRE(
      call({"run", "one.toml", "--uncertainty=8", "--replications", "5", "-o", "r.html", "-o", "r.md", "-o", "r.json"})
          .err.find("wrote r.json") != std::string::npos);
  CHECK_THAT(folder.read("r.html"), ContainsSubstring("met with probability"));
  CHECK_THAT(folder.read("r.md"), ContainsSubstring("| by calibration |"));
  const auto answer = nlohmann::json::parse(folder.read("r.json"));
  CHECK(answer["draws"] == 8);
  CHECK(answer["slos"][0]["probability"]["hi"] <= 1.0);
  const auto& mean = answer["requests"]["all"]["latency_s"]["mean"];
  CHECK(mean["draws"].size() == 8);
  CHECK(mean["calibration"].get<double>() > 0);
  // A comparison of results wants draws in both, or in neither.
  REQUIRE(call({"run", "one.toml", "--replications", "5", "-o", "p.json"}).status != 2);
  CHECK_THAT(call({"compare", "p.json", "r.json"}).err, ContainsSubstring("the same --uncertainty"));
  const Outcome same = call({"compare", "one.toml", "--set-b", "pool.app.round_trip=1ms", "--uncertainty=8"});
  CHECK(same.status == 0);
}
