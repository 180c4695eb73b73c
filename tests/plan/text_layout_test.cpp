// Text for terminals: counting, cutting and wrapping of UTF-8, grids that give way, and estimates as people read them.

#include "plan/format/text_layout.h"

#include "plan/study/figure_text.h"
#include "tests/plan/report_sample.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using test::about;

namespace {

std::string shown(const core::Estimate& estimate, Unit unit) {
  const Cell c = cell(estimate, unit);
  return c.text + (c.beside.empty() ? "" : " " + c.beside);
}

}  // namespace

TEST_CASE("characters are counted, not bytes") {
  CHECK(columns("±1.1") == 4);
  CHECK(columns("") == 0);
}

TEST_CASE("long texts are cut in the middle between characters") {
  CHECK(elided("workload.api.rate", 9) == "work…rate");
  CHECK(elided("ääöüß", 3) == "ä…ß");
  CHECK(elided("abc", 3) == "abc");
  CHECK(elided("abc", 1) == "…");
}

TEST_CASE("words are wrapped and a word too long stands alone") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("a incomprehensible b", 5) == std::vector<std::string>{"a", "incomprehensible", "b"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
  CHECK(paragraph("one two three", 9, 2) == "one two\n  three\n");
}

TEST_CASE("control characters of both kinds are taken out") {
  CHECK(printable("a\tb\x7f\xc2\x9b"
                  "c") == "a?b??c");
  CHECK(printable("naïve ±") == "naïve ±");
}

TEST_CASE("numbers and intervals of a column align") {
  Grid grid({{"name", true}, {"p99"}});
  grid.add({{"a"}, {"1.00ms", "±0.04"}});
  grid.add({{"bcd"}, {"41.2ms", "±1"}});
  CHECK(grid.text(80) ==
        "name     p99\n"
        "a     1.00ms ±0.04\n"
        "bcd   41.2ms ±1\n");
}

TEST_CASE("a narrow grid puts intervals below their numbers") {
  Grid grid({{"name", true}, {"p99"}});
  grid.add({{"a"}, {"1.00ms", "±0.04"}});
  CHECK(grid.text(14) ==
        "name     p99\n"
        "a     1.00ms\n"
        "       ±0.04\n");
}

TEST_CASE("a narrow grid leaves out what keeps least and says so") {
  Grid grid({{"key"}, {"p50", false, 1, 2}, {"p99", false, 3}}, Grid::Narrow::drop);
  grid.add({{"4"}, {"1.00ms", "±0.04"}, {"41.2ms", "±1.1"}});
  bool left_out = false;
  CHECK(grid.text(80, false, &left_out) == "key     p50           p99\n  4  1.00ms ±0.04  41.2ms ±1.1\n");
  CHECK_FALSE(left_out);
  CHECK(grid.text(25, false, &left_out) == "key     p50     p99\n  4  1.00ms  41.2ms ±1.1\n");
  CHECK(left_out);
  CHECK(grid.text(17) == "key     p99\n  4  41.2ms ±1.1\n");
  CHECK(grid.text(12) == "key     p99\n  4  41.2ms\n");
}

TEST_CASE("the last column of words is wrapped below itself") {
  Grid grid({{"", true}, {"", true}});
  grid.add({{"W01"}, {"one two three four"}});
  CHECK(grid.text(18) == "W01  one two three\n     four\n");
}

TEST_CASE("estimates have three digits and their interval as many decimals") {
  CHECK(shown(about(0.0412, 0.0011), Unit::seconds) == "41.2ms ±1.1");
  CHECK(shown(about(1234.5, 3.2), Unit::count) == "1234 ±3");
  CHECK(shown(about(12345, 320), Unit::count) == "12.3k ±0.3");
  CHECK(shown(about(0.125, 0.0021), Unit::ratio) == "12.5% ±0.2");
  CHECK(shown(about(1250, 10), Unit::per_second) == "1.25k/s ±0.01");
}

TEST_CASE("an interval narrower than the last digit is shown to one digit of its own") {
  CHECK(shown(about(800, 0.3), Unit::count) == "800 ±0.3");
  CHECK(shown(about(800, 1e-9), Unit::count) == "800 ±0");
  CHECK(shown(about(800, 0), Unit::count) == "800 ±0");
}

TEST_CASE("a zero that only might be none has its upper bound, rounded up") {
  CHECK(shown({0, 0, 0.0000431, true}, Unit::ratio) == "0% <0.005%");
  CHECK(shown({0, 0, 0, true}, Unit::ratio) == "0%");
  CHECK(shown({}, Unit::seconds) == "-");
}

TEST_CASE("the unit of a condition follows from its metric") {
  CHECK(unit_of_condition("search", "p99 < 5ms", 0.005) == Unit::seconds);
  CHECK(unit_of_condition("search", "errors<0.1%", 0.001) == Unit::ratio);
  CHECK(unit_of_condition("query.load", "throughput > 5/s", 5) == Unit::per_second);
}
