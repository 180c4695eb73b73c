// capplan compare: scenarios, settings and stored results, and what cannot be compared.

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;
using test::small_scenario;

TEST_CASE("the page and the JSON of a comparison give back every format") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"compare", "s.toml", "--set-b", "pool.app.size=1", "-q", "-o", "a.html", "-o", "a.json", "-o", "a.csv",
              "-o", "a.md"})
            .status == 0);
  CHECK(call({"report", "a.html", "-q", "-o", "b.html", "-o", "b.json", "-o", "b.csv", "-o", "b.md"}).status == 0);
  for (const std::string extension : {"html", "json", "csv", "md"})
    CHECK(folder.read("a." + extension) == folder.read("b." + extension));
  const Outcome page = call({"compare", "s.toml", "--set-b", "pool.app.size=1", "-q", "--format", "html", "-j", "1"});
  CHECK(page.out == folder.read("a.html"));
  // JSON holds the answer alone, and no word of who asked how.
  CHECK(call({"report", "a.json", "-q", "-o", "c.html", "--title", "Pools"}).status == 0);
  CHECK_THAT(folder.read("a.html"), ContainsSubstring("<code>capplan compare s.toml --set-b pool.app.size=1</code>"));
  CHECK_THAT(folder.read("c.html"),
             ContainsSubstring("<h1>Pools</h1>") && ContainsSubstring("<code>capplan report a.json</code>"));
}

TEST_CASE("one scenario is compared with itself under other settings") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario("p95 < 1us"));
  const Outcome outcome = call({"compare", "s.toml", "--set-a", "query.lookup.cpu.exponential.mean=2ms", "--set-b",
                                "query.lookup.cpu.exponential.mean=4ms"});
  CHECK(outcome.err.empty());
  CHECK(outcome.status == 3);  // as run on B: both miss the SLO
  CHECK(outcome.out.starts_with("✗ B is slower: p95 of search rises by "));
  CHECK_THAT(outcome.out, ContainsSubstring("A is s.toml query.lookup.cpu.exponential.mean=2ms"));
  CHECK(folder.files() == 1);
}

TEST_CASE("two files are compared and settings given for both hold for both") {
  const ScratchFolder folder;
  folder.write("a.toml", small_scenario());
  folder.write("b.toml", small_scenario("p95 < 1s", "120/s"));
  const Outcome outcome =
      call({"compare", "a.toml", "b.toml", "--set", "scenario.duration=10s", "--format", "json", "-q"});
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(outcome.status == 0);
  CHECK(json["schema"] == "capplan.comparison/1");
  CHECK(json["settings"].size() == 1);
  CHECK(json["settings"][0]["key"] == "workload.api.rate");
  CHECK(json["a"]["duration_s"] == 10.0);
  CHECK(json["paired"] == true);
  CHECK(json["figures"]["requests"]["search"]["completed_per_s"]["verdict"] == "better");
}

TEST_CASE("results that were kept are compared as the runs themselves would be") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"run", "s.toml", "--replications", "7", "-o", "a.json"}).status == 0);
  CHECK(call({"run", "s.toml", "--replications", "7", "--set", "pool.app.size=1", "-o", "b.json"}).status == 0);
  const auto kept = nlohmann::json::parse(call({"compare", "a.json", "b.json", "--format", "json"}).out);
  const auto fresh = nlohmann::json::parse(
      call({"compare", "s.toml", "--set-b", "pool.app.size=1", "--replications", "7", "--format", "json"}).out);
  CHECK(kept["paired"] == true);
  CHECK(kept["figures"] == fresh["figures"]);
  CHECK(call({"run", "s.toml", "--seed", "2", "-o", "c.json"}).status == 0);
  CHECK_THAT(call({"compare", "a.json", "c.json"}).out, ContainsSubstring("unpaired"));
}

TEST_CASE("a comparison goes to files in the format of their extension") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  const Outcome outcome = call({"compare", "s.toml", "--set-b", "pool.app.size=2", "-o", "c.csv", "-o", "c.md", "-v"});
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, ContainsSubstring("wrote c.csv\nwrote c.md\n"));
  CHECK_THAT(outcome.err, ContainsSubstring("events in"));
  CHECK(folder.read("c.csv").starts_with("path,a,"));
  CHECK(folder.read("c.md").starts_with("## "));
}

TEST_CASE("what cannot be compared is refused with what to do") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  folder.write("bad.json", "{}");
  CHECK(call({"compare", "s.toml"}).status == 2);
  CHECK_THAT(call({"compare", "s.toml"}).err, ContainsSubstring("name a second file, or --set-a and --set-b"));
  CHECK_THAT(call({"compare", "s.toml", "bad.json"}).err, ContainsSubstring("cannot be compared with a result"));
  CHECK_THAT(call({"compare", "bad.json", "bad.json"}).err, ContainsSubstring("bad.json: error: is no result"));
  CHECK_THAT(call({"compare", "no.json", "bad.json"}).err, ContainsSubstring("no.json: error: cannot be read"));
  CHECK(call({"compare", "bad.json", "bad.json", "--set", "a.b=1"}).status == 2);
  CHECK_THAT(call({"compare", "s.toml", "--set-b", "pool.app.sizes=2"}).err, ContainsSubstring("--set-b #1"));
}
