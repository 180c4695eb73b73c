// capplan cache: sizes for a scenario and for a file of keys, and what it refuses.

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;

TEST_CASE("a file of keys gives the sizes for its hit ratios") {
  const ScratchFolder folder;
  std::string keys;
  for (int i = 0; i < 100; ++i) keys += std::to_string(i % 4) + "\n";
  folder.write("keys.csv", keys);
  const Outcome outcome = call({"cache", "keys.csv", "--hit-ratio", "90%", "--entries", "3,4"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK_THAT(outcome.out, ContainsSubstring("keys: 4 entries for 90.0% hits"));
  const auto json = nlohmann::json::parse(call({"cache", "keys.csv", "--entries", "4", "--format", "json"}).out);
  CHECK(json["curves"][0]["points"][0]["hit_ratio"]["value"] == 0.96);
  CHECK_THAT(call({"cache", "keys.csv", "--format", "html"}).out, ContainsSubstring("Hit ratio by size"));
}

TEST_CASE("what capplan cache cannot do is said") {
  const ScratchFolder folder;
  folder.write("keys.csv", "1\n2\n");
  CHECK(call({"cache", "none.csv"}).status == 2);
  CHECK(call({"cache", "keys.csv", "--hit-ratio", "120%"}).status == 2);
  CHECK(call({"cache", "keys.csv", "--entries", "0"}).status == 2);
  CHECK(call({"cache", "keys.csv", "--draws", "10"}).status == 2);
  CHECK_THAT(call({"cache", "keys.csv", "--request", "r"}).err, ContainsSubstring("belongs to a scenario"));
  folder.write("s.toml", test::small_scenario());
  CHECK_THAT(call({"cache", "s.toml"}).err, ContainsSubstring("no request with keys"));
}
