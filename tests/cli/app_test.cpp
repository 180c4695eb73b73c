// The command line as a whole: what it says of itself, and of what it does not know.

#include "plan/study/result.h"
#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;

TEST_CASE("capplan alone says what it is and three commands to try") {
  const Outcome outcome = call({});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') <= 9);
  for (const char* command : {"capplan describe ", "capplan check ", "capplan run "})
    CHECK_THAT(outcome.out, ContainsSubstring(command));
}

TEST_CASE("the version names the engine revision") {
  const Outcome outcome = call({"--version"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("engine revision " + std::to_string(plan::engine_revision)));
}

TEST_CASE("an unknown verb is answered with the nearest") {
  const Outcome outcome = call({"swep", "x.toml"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "capplan: error: unknown verb \"swep\"; did you mean sweep?\n  hint: capplan help\n");
}

TEST_CASE("an unknown flag is answered with the nearest of its verb") {
  const Outcome outcome = call({"run", "x.toml", "--replication=3"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err ==
        "capplan run: error: unknown flag --replication; did you mean --replications?\n  hint: capplan run --help\n");
}

TEST_CASE("a flag without its value, a missing file name and one too many are bad usage") {
  CHECK(call({"run"}).status == 2);
  CHECK_THAT(call({"run"}).err, ContainsSubstring("SCENARIO is required"));
  CHECK(call({"run", "a.toml", "--set"}).status == 2);
  CHECK(call({"run", "a.toml", "b.toml"}).status == 2);
  CHECK_THAT(call({"run", "a.toml", "b.toml"}).err, ContainsSubstring("unexpected argument \"b.toml\""));
  CHECK(call({"--set"}).status == 2);
  CHECK(call({"merge", "a.db"}).status == 2);
  CHECK(call({"sweep", "a.toml", "--fresh", "--resume"}).status == 2);
}

TEST_CASE("a word that is none of a flag's choices is answered with the nearest") {
  const Outcome outcome = call({"run", "a.toml", "--format", "jsn"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("did you mean json?"));
}

TEST_CASE("all flags that cannot be read are named at once") {
  const Outcome outcome = call({"run", "a.toml", "--seed", "-1", "--precision", "7", "--replications", "0", "-j", "0",
                                "--processes", "x", "--budget", "2"});
  CHECK(outcome.status == 2);
  for (const char* flag : {"--seed: error", "--precision: error", "--replications: error", "--jobs: error",
                           "--processes: error", "--budget: error", "6 errors"})
    CHECK_THAT(outcome.err, ContainsSubstring(flag));
}

TEST_CASE("help of every verb fits 80 columns and shows examples and exit codes") {
  for (const std::string verb : {"", "run", "sweep", "compare", "calibrate", "validate", "drift", "check", "describe",
                                 "merge", "oracles", "completion", "help"}) {
    INFO(verb);
    const Outcome outcome = verb.empty() ? call({"--help"}) : call({verb, "--help"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK_THAT(outcome.out, ContainsSubstring("Usage: capplan"));
    CHECK_THAT(outcome.out, ContainsSubstring("Examples:\n"));
    CHECK_THAT(outcome.out, ContainsSubstring("Exit codes:\n"));
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
    if (!verb.empty()) CHECK(call({"help", verb}).out == outcome.out);
  }
}

TEST_CASE("help of an unknown verb is answered with the nearest") {
  const Outcome outcome = call({"help", "calibrat"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("did you mean calibrate?"));
}

TEST_CASE("the page of the command line holds every verb and flag") {
  const Outcome outcome = call({"help", "--markdown"});
  CHECK(outcome.status == 0);
  for (const char* part :
       {"## capplan run", "## capplan merge", "`--vary KEY=VALUES`", "| `--precision SHARE` |", "`CAPPLAN_JOBS`"})
    CHECK_THAT(outcome.out, ContainsSubstring(part));
}

TEST_CASE("output that cannot be written is a failure") {
  std::ostream out(nullptr);
  std::ostringstream err;
  const char* argv[] = {"capplan", "describe"};
  CHECK(cli::run(2, argv, out, err) == 1);
  CHECK_THAT(err.str(), ContainsSubstring("standard output cannot be written"));
}
