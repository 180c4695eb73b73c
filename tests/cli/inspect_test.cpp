// capplan check, describe and calibrate: what they say, and that the examples of the catalogue are right.

#include <nlohmann/json.hpp>

#include "plan/format/document.h"
#include "plan/report/describe_text.h"
#include "plan/report/example_section.h"
#include "plan/scenario/sections.h"
#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;
using test::small_scenario;

TEST_CASE("a good scenario is counted") {
  const ScratchFolder folder;
  folder.write(
      "s.toml",
      small_scenario() + "[sweep]\n\"pool.app.size\" = [1, 2]\n\"workload.api.rate\" = [\"1/s\", \"2/s\", \"3/s\"]\n");
  const Outcome outcome = call({"check", "s.toml"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "ok: 6 sections, 6 points\n");
}

TEST_CASE("a scenario whose pools may ask for more connections than there are is told so before it runs") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"check", "s.toml", "--set", "pool.app.size=98"});
  CHECK(outcome.status == 0);
  for (const char* part : {"W31 ", "98 connections", "there are 97"}) CHECK_THAT(outcome.out, ContainsSubstring(part));
}

TEST_CASE("a checked scenario as JSON has its defaults in base units") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const auto json =
      nlohmann::json::parse(call({"check", "s.toml", "--format", "json", "--set", "pool.app.size=9"}).out);
  CHECK(json["pool"]["app"]["size"] == 9);
  CHECK(json["scenario"]["duration"] == 20.0);
  CHECK(json["server"]["primary"]["max_connections"] == 100);
}

TEST_CASE("the catalogue lists every kind") {
  const std::string text = call({"describe"}).out;
  for (const models::Spec& spec : plan::section_specs()) CHECK_THAT(text, ContainsSubstring(spec.help.substr(0, 30)));
}

TEST_CASE("a section shows its kinds and a kind is found by its own name") {
  CHECK_THAT(call({"describe", "pool"}).out, ContainsSubstring("capplan describe pool.asyncpg"));
  CHECK(call({"describe", "pgbouncer"}).out == call({"describe", "bouncer.pgbouncer"}).out);
  CHECK(call({"describe", "query"}).out.starts_with("query: "));
}

TEST_CASE("every kind is described with all of its parameters in 100 columns") {
  for (const models::Spec& spec : plan::section_specs()) {
    INFO(spec.path());
    const Outcome outcome = call({"describe", spec.path()});
    CHECK(outcome.status == 0);
    for (const plan::NamedParam& param : plan::all_params(spec))
      CHECK_THAT(outcome.out, ContainsSubstring("\n" + param.name));
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 110);  // bytes; an ° or ± takes two
  }
}

TEST_CASE("the example of every kind is a section that its spec accepts") {
  for (const models::Spec& spec : plan::section_specs()) {
    INFO(plan::example_section(spec));
    const models::Table document = plan::parse_toml(plan::example_section(spec), "example");
    const models::Value* section = models::find(document, spec.section);
    REQUIRE(section != nullptr);
    models::Table values = *section->as<models::Table>();
    if (spec.section != "scenario") values = *models::Table(values).front().second.as<models::Table>();
    std::erase_if(values, [](const auto& entry) { return entry.first == "kind"; });
    std::vector<core::Problem> problems;
    models::resolve(spec, values, spec.path(), {}, problems);
    for (const core::Problem& problem : problems) UNSCOPED_INFO(core::describe(problem));
    CHECK(problems.empty());
  }
}

TEST_CASE("the errors that clients get are listed with their remedy") {
  const std::string text = call({"describe", "errors"}).out;
  CHECK_THAT(text, ContainsSubstring("sorry, too many clients already\nRaised by PostgreSQL.\nRemedy: "));
}

TEST_CASE("an unknown kind is answered with the nearest") {
  const Outcome outcome = call({"describe", "pgbuncer"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring("did you mean pgbouncer?"));
}

TEST_CASE("the page of the catalogue holds every kind and parameter") {
  const std::string page = call({"describe", "--markdown"}).out;
  for (const models::Spec& spec : plan::section_specs())
    CHECK_THAT(page, ContainsSubstring("\n## " + spec.path() + "\n"));
  CHECK_THAT(page, ContainsSubstring("| `disk.fsync` |"));
  CHECK_THAT(page, ContainsSubstring("| `pool_mode` | choice | `\"session\"` |"));
}

TEST_CASE("a calibration is a file that a scenario takes in") {
  const ScratchFolder folder;
  const std::string manifest = CAPPLAN_SOURCE_DIR "/data/captures/light.toml";
  const Outcome outcome = call({"calibrate", manifest, "-o", "costs.toml"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("search"));
  CHECK_THAT(outcome.err, ContainsSubstring("wrote costs.toml\n"));
  CHECK_THAT(outcome.err, ContainsSubstring("calibration = \"costs.toml\""));
  std::string text = small_scenario();
  text.replace(text.find("cpu = "), text.find("[request") - text.find("cpu = "), "");
  for (std::size_t at; (at = text.find("lookup")) != std::string::npos;) text.replace(at, 6, "point");
  text.replace(text.find("duration"), 0, "calibration = \"costs.toml\"\n");
  folder.write("s.toml", text);
  const Outcome checked = call({"check", "s.toml"});
  CHECK(checked.err == "");
  CHECK(checked.status == 0);
}

TEST_CASE("without a file the costs go to standard output and the table elsewhere") {
  const Outcome outcome = call({"calibrate", CAPPLAN_SOURCE_DIR "/data/captures/light.toml"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.starts_with("[calibration]"));
  CHECK_NOTHROW(plan::parse_toml(outcome.out, "stdout"));
  CHECK_THAT(outcome.err, ContainsSubstring("requests"));
}

TEST_CASE("a calibration is refused a name that no scenario would expect and a capture that is not there") {
  const ScratchFolder folder;
  folder.write("here.toml", "[capture]\n");
  const Outcome itself = call({"calibrate", "here.toml", "-o", "./here.toml"});
  CHECK(itself.err == "here.toml: error: is the file to write, too\n  hint: name another with -o\n1 error\n");
  CHECK(folder.read("here.toml") == "[capture]\n");
  CHECK(call({"calibrate", "x.toml", "-o", "costs.json"}).status == 2);
  CHECK(call({"calibrate", "x.toml", "-o", "no/costs.toml"}).status == 2);
  CHECK(call({"calibrate", "x.toml", "-o", "costs.toml"}).status == 2);
  CHECK(folder.files() == 1);
}
