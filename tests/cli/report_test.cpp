// capplan report, and pages written at once by run and sweep.

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a page that run wrote gives back the same CSV and JSON") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"run", "s.toml", "-q", "-o", "a.html", "-o", "a.csv", "-o", "a.json"}).status == 0);
  CHECK(call({"report", "a.html", "-q", "-o", "b.csv", "-o", "b.json", "-o", "b.html", "-o", "b.md"}).status == 0);
  CHECK(folder.read("a.csv") == folder.read("b.csv"));
  CHECK(folder.read("a.json") == folder.read("b.json"));
  CHECK(folder.read("a.html") == folder.read("b.html"));
  CHECK_THAT(folder.read("b.md"), ContainsSubstring("## ✓ small"));
}

TEST_CASE("a store and the page that sweep wrote tell the same points") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"sweep", "s.toml", "-q", "--vary", "pool.app.size=2,4", "--store", "s.db", "-o", "a.html", "-o", "a.csv"})
            .status == 0);
  CHECK(call({"report", "s.db", "-q", "-o", "b.csv", "-o", "b.html"}).status == 0);
  CHECK(call({"report", "a.html", "-q", "-o", "c.csv"}).status == 0);
  CHECK(folder.read("b.csv") == folder.read("a.csv"));
  CHECK(folder.read("c.csv") == folder.read("a.csv"));
  CHECK_THAT(folder.read("b.html"), ContainsSubstring("pool.app.size"));
}

TEST_CASE("the same scenario gives the same page on one thread and on two") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"run", "s.toml", "-q", "-j", "1", "-o", "a.html"}).status == 0);
  CHECK(call({"run", "s.toml", "-q", "-j", "2", "-o", "b.html"}).status == 0);
  CHECK(folder.read("a.html") == folder.read("b.html"));
}

TEST_CASE("report without a file shows the table, and refuses what is no answer") {
  const ScratchFolder folder;
  folder.write("s.toml", small_scenario());
  CHECK(call({"run", "s.toml", "-q", "-o", "a.json"}).status == 0);
  CHECK_THAT(call({"report", "a.json"}).out, ContainsSubstring("small: the SLO is met"));
  const Outcome refused = call({"report", "s.toml"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("s.toml"));
  CHECK(call({"report", "none.db"}).status == 2);
}
