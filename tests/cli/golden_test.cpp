// Transcripts in tests/golden/: a command in the first line, what it prints, and its exit status in the last. With
// CAPPLAN_WRITE_GOLDEN set they are written anew, to be read in the diff.

#include <cstdlib>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;

namespace {

std::string transcript(const std::vector<std::string>& arguments) {
  const test::Outcome outcome = test::call(arguments);
  std::string text = "$ capplan";
  for (const std::string& argument : arguments) text += " " + argument;
  return text + "\n" + outcome.out + outcome.err + "[exit " + std::to_string(outcome.status) + "]\n";
}

void compare(const std::string& name, const std::vector<std::string>& arguments) {
  const std::string path = std::string(CAPPLAN_SOURCE_DIR "/tests/golden/") + name + ".txt";
  const std::string now = transcript(arguments);
  if (std::getenv("CAPPLAN_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << now;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream before;
  before << file.rdbuf();
  INFO(path);
  CHECK(now == before.str());
}

}  // namespace

TEST_CASE("help reads as it did") {
  compare("capplan", {});
  compare("help", {"help"});
  for (const char* verb : {"run",      "sweep", "compare", "index",  "cache",    "capture-plan", "calibrate",
                           "validate", "drift", "inspect", "check",  "describe", "import",       "export",
                           "rules",    "merge", "store",   "report", "oracles",  "worker",       "completion"})
    compare(std::string("help_") + verb, {"help", verb});
}

TEST_CASE("completion scripts read as they did") {
  for (const char* shell : {"bash", "zsh", "fish"}) compare(std::string("completion_") + shell, {"completion", shell});
}

TEST_CASE("the plan of a capture reads as it did") {
  compare("capture_plan", {"capture-plan", "--server-version", "16"});
  compare("capture_plan_pgbouncer", {"capture-plan", "--server-version", "12", "--path", "pgbouncer"});
  compare("capture_plan_unknown_version", {"capture-plan", "--server-version", "9"});
}

TEST_CASE("pgbouncer is described as it was") { compare("describe_pgbouncer", {"describe", "pgbouncer"}); }

TEST_CASE("wrong command lines are answered as they were") {
  compare("unknown_verb", {"swep"});
  compare("unknown_flag", {"run", "s.toml", "--sed", "3"});
  compare("unknown_kind", {"describe", "pgbuncer"});
}
