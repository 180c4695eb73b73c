// Keys from a file: numbers and texts, where a bad line stands, and how a scenario names the file.

#include "plan/capture/key_list.h"

#include "core/error.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string wrong_in(const std::string& bytes) {
  const ScratchFile file(bytes, ".csv");
  std::string result;
  try {
    load_keys(file.path());
  } catch (const core::InputError& error) {
    for (const core::Problem& p : error.problems()) {
      CHECK(p.where.file == file.path());
      result += std::to_string(p.where.line) + ":" + std::to_string(p.where.column) + " " + p.what + "\n";
    }
  }
  return result;
}

std::string with_keys(const std::string& keys) {
  const std::string steps = "steps = [{ query = \"load\", times = 10 }]\n";
  std::string text = small_scenario + "[cache.near]\nkind = \"lru\"\n";
  return text.replace(text.find(steps), steps.size(), steps + "caches = [\"near\"]\nkeys = " + keys + "\n");
}

}  // namespace

TEST_CASE("a file of keys has one a line, and the same text is the same key") {
  const ScratchFile file("key\n17\nuser:4\r\n017\nuser:4\n-2\n18446744073709551615", ".csv");
  const auto trace = load_keys(file.path());
  const auto& keys = trace->keys;
  REQUIRE(keys.size() == 6);
  CHECK(keys[0] == 17);
  CHECK(keys[1] == keys[3]);
  CHECK(keys[2] != 17);
  CHECK(keys[4] == static_cast<std::uint64_t>(-2));
  CHECK(keys[5] == ~std::uint64_t{0});
  CHECK(key_number("user:4") == keys[1]);
  CHECK(key_number("user:4") == 0xc0cb361fbc945e84ULL);  // so on every machine
}

TEST_CASE("a file that holds something else than keys is refused line by line") {
  CHECK(wrong_in("") == "0:0 holds no keys\n");
  CHECK(wrong_in("key\n") == "0:0 holds no keys\n");
  CHECK(wrong_in("1\n\n2\n3,4\n") ==
        "2:1 is empty: each line holds one key\n"
        "4:2 has a second column: each line holds one key\n");
  CHECK_THROWS_WITH(load_keys("no/such/keys.csv"), ContainsSubstring("no/such/keys.csv"));
}

TEST_CASE("a scenario takes its keys from a file that it names") {
  const ScratchFile file("a\nb\na\n", ".csv");
  const std::string text = with_keys("{ trace = \"" + file.path() + "\" }");
  const Scenario scenario = resolved(text);
  CHECK(scenario.find("request.search")->params.record("keys").key_trace("trace")->keys.size() == 3);
  CHECK_THAT(canonical_json(scenario), ContainsSubstring("\"keys\":{\"trace\":{\"keys\":3,\"sha256\":"));
  CHECK(scenario_hash(scenario) == scenario_hash(resolved(text)));
  const ScratchFile other("a\nb\nb\n", ".csv");
  CHECK(scenario_hash(scenario) != scenario_hash(resolved(text, {"request.search.keys.trace=" + other.path()})));

  const ScratchFile broken("a\n\n", ".csv");
  CHECK(problems(with_keys("{ trace = \"" + broken.path() + "\" }")) == "2:1 : is empty: each line holds one key\n");
  CHECK_THAT(problems(with_keys("{ trace = \"none.csv\" }")),
             ContainsSubstring("request.search.keys.trace: none.csv cannot be opened"));
  CHECK_THAT(problems(with_keys("{ trace = \"a.csv\", count = 3 }")),
             ContainsSubstring("request.search.keys.count: must be left out: a trace stands alone"));
}
