// Parts of spans by the size of the span: exact sums, rows that hold like with like.

#include "core/breakdown.h"

#include <limits>

#include "tests/support/catch.h"

using namespace capplan::core;

TEST_CASE("parts are added up in the row of their span") {
  Breakdown breakdown;
  breakdown.record(1'000'000, std::array<Nanos, 2>{400'000, 600'000});
  breakdown.record(1'010'000, std::array<Nanos, 2>{410'000, 600'000});
  breakdown.record(64'000'000, std::array<Nanos, 2>{1, 63'999'999});
  const BreakdownSlice slice = breakdown.take();
  REQUIRE(slice.rows.size() == 2);
  CHECK(slice.rows[0].index == Breakdown::row_of(1'000'000));
  CHECK(slice.rows[0].count == 2);
  CHECK(slice.rows[0].parts == std::vector<Nanos>{810'000, 1'200'000});
  CHECK(slice.rows[1].parts == std::vector<Nanos>{1, 63'999'999});
  CHECK(breakdown.take().rows.empty());
}

TEST_CASE("a row spans at most a quarter of its least value") {
  for (Nanos least = 256, value = 256; value < 1'000'000'000; value += value / 64 + 1) {
    if (Breakdown::row_of(value) != Breakdown::row_of(least)) least = value;
    CHECK(static_cast<double>(value) < 1.26 * static_cast<double>(least));
  }
}

TEST_CASE("the least and the greatest span have a row") {
  Breakdown breakdown;
  breakdown.record(-5, std::array<Nanos, 1>{0});
  breakdown.record(std::numeric_limits<Nanos>::max(), std::array<Nanos, 1>{1});
  CHECK(breakdown.take().rows.size() == 2);
}
