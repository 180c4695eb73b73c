// MSER against a worked value, a direct evaluation of its definition, and series with a known warm-up.

#include "core/warmup.h"

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

/// A level of 10 with noise of width 2, and a start that decays from 30 above it.
std::vector<double> decaying(std::size_t count, double time_constant, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> series(count);
  for (std::size_t i = 0; i < count; ++i) {
    series[i] = 10 + 30 * std::exp(-static_cast<double>(i) / time_constant) + 2 * uniform(random) - 1;
  }
  return series;
}

}  // namespace

TEST_CASE("MSER agrees with a worked value") {
  const std::vector<double> series{10, 8, 6, 4, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
  const WarmupCut result = mser(series);
  CHECK(result.cut == 4);
  CHECK(result.statistic == Approx(.015625).epsilon(1e-12));
  CHECK(result.settled);
}

TEST_CASE("MSER finds the minimum that its definition gives") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const std::vector<double> series = decaying(61, 4, seed);
    std::size_t best = 0;
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t cut = 0; cut <= series.size() / 2; ++cut) {
      const double kept = static_cast<double>(series.size() - cut);
      double mean = 0;
      for (std::size_t i = cut; i < series.size(); ++i) mean += series[i] / kept;
      double squares = 0;
      for (std::size_t i = cut; i < series.size(); ++i) squares += (series[i] - mean) * (series[i] - mean);
      if (squares / (kept * kept) < smallest) {
        smallest = squares / (kept * kept);
        best = cut;
      }
    }
    const WarmupCut result = mser(series);
    CHECK(result.cut == best);
    CHECK(result.statistic == Approx(smallest).epsilon(1e-9));
  }
}

TEST_CASE("MSER-5 cuts a decaying start and little more") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const WarmupCut result = mser5(decaying(2000, 40, seed));
    CHECK(result.settled);
    CHECK(result.cut % 5 == 0);
    CHECK(result.cut >= 80);  // two time constants: a start of 4 would be left, against noise of 0.6
    CHECK(result.cut <= 400);
  }
}

TEST_CASE("MSER-5 is MSER on the means of five") {
  std::vector<double> series;
  for (const double mean : {10, 8, 6, 4, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1}) {
    for (const double offset : {-2, 1, 0, -1, 2}) series.push_back(mean + offset);
  }
  series.push_back(1000);  // an incomplete batch does not count
  const WarmupCut result = mser5(series);
  CHECK(result.cut == 20);
  CHECK(result.statistic == Approx(.015625).epsilon(1e-12));
  CHECK(mser5(series, 1).cut == mser(series).cut);
}

TEST_CASE("A series with a trend is not settled") {
  std::vector<double> rising(400);
  for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<double>(i);
  const WarmupCut values = mser(rising);
  CHECK_FALSE(values.settled);
  CHECK(values.cut == 200);
  CHECK_FALSE(mser5(rising).settled);
}

TEST_CASE("A level series is kept whole") {
  const std::vector<double> level(100, 3.25);
  CHECK(mser(level).cut == 0);
  CHECK(mser(level).statistic == 0);
  CHECK(mser(level).settled);
  CHECK(mser5(level).settled);
}

TEST_CASE("A large offset does not drown the statistic") {
  const std::vector<double> plain = decaying(500, 10, 3);
  std::vector<double> lifted = plain;
  for (double& value : lifted) value += 1e7;
  CHECK(mser(lifted).cut == mser(plain).cut);
  CHECK(mser(lifted).statistic == Approx(mser(plain).statistic).epsilon(1e-6));
}

TEST_CASE("Too short a series settles nothing") {
  CHECK_FALSE(mser({}).settled);
  CHECK_FALSE(mser(std::vector<double>{1, 1, 1}).settled);
  CHECK(mser(std::vector<double>{1, 1, 1}).cut == 0);
  CHECK_FALSE(mser5(std::vector<double>(19, 1.0)).settled);
}

TEST_CASE("MSER refuses values that are not finite and empty batches") {
  CHECK_THROWS_WITH(mser(std::vector<double>{1, std::nan(""), 1, 1}), ContainsSubstring("series"));
  CHECK_THROWS_WITH(mser5(std::vector<double>{1, 1}, 0), ContainsSubstring("batch"));
}
