// Tables with names: texts of one row, quoted or not, are valid side by side until the next; what is wrong is told by
// its cell.

#include "plan/format/named_csv.h"

#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan::plan;
using capplan::test::refusal_of;
using capplan::test::ScratchFile;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("all texts of a row with doubled quotes are valid until the next row") {
  const std::string text = "said \"\"once\"\" and at length, so that no small string holds it ";
  std::string rows = "a,b,c,d\n";
  for (int row = 0; row < 3; ++row) {
    for (const char* cell : {"a", "bb", "ccc", "d"}) rows += '"' + text + cell + std::to_string(row) + "\",";
    rows.back() = '\n';
  }
  const ScratchFile file(rows);
  NamedCsv table(file.path(), "");
  for (int row = 0; row < 3; ++row) {
    REQUIRE(table.next());
    const std::string_view first = table.text(0), second = table.text(1), third = table.text(2), last = table.text(3);
    const std::string_view again = table.text(1);
    const auto expected = [&](const std::string& cell) {
      return "said \"once\" and at length, so that no small string holds it " + cell + std::to_string(row);
    };
    CHECK(first == expected("a"));
    CHECK(second == expected("bb"));
    CHECK(again == second);
    CHECK(third == expected("ccc"));
    CHECK(last == expected("d"));
  }
  CHECK_FALSE(table.next());
  table.finish();
}

TEST_CASE("a column that must be there and is not is told with the one of the nearest name") {
  const ScratchFile file("time,latancy\n1,2\n");
  const std::string said = refusal_of([&] {
    NamedCsv table(file.path(), "");
    table.need("latency");
    table.finish();
  });
  CHECK_THAT(said, ContainsSubstring(":1:1: error: latency: there is no such column"));
  CHECK_THAT(said, ContainsSubstring("is it the one called latancy?"));
}

TEST_CASE("a row is refused as a whole where the column meant is absent") {
  const ScratchFile file("a,b\n1,2\n");
  const std::string said = refusal_of([&] {
    NamedCsv table(file.path(), "");
    REQUIRE(table.next());
    table.wrong(table.column("c"), "says nothing", "take it out");
    table.finish();
  });
  CHECK_THAT(said, ContainsSubstring(":2:1: error: says nothing") && ContainsSubstring("take it out"));
}
