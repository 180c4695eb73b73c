// Zipf's law: samples against the exact probabilities where they can be summed, and against the head of a law over a
// thousand million ranks, whose normalisation comes from the Euler-Maclaurin formula.

#include "core/zipf.h"

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/sample.h"

using namespace capplan::core;
using namespace capplan::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Sum of k^-s for k = 1..n: the first thousand terms one by one, the rest as an integral with its corrections.
double harmonic(double n, double s) {
  double sum = 0;
  const double first = std::min(n, 1000.0);
  for (double k = 1; k <= first; ++k) sum += std::pow(k, -s);
  if (n <= first) return sum;
  const double integral = s == 1 ? std::log(n / first) : (std::pow(n, 1 - s) - std::pow(first, 1 - s)) / (1 - s);
  const auto slope = [&](double x) { return -s * std::pow(x, -s - 1); };
  return sum + integral + (std::pow(n, -s) - std::pow(first, -s)) / 2 + (slope(n) - slope(first)) / 12;
}

}  // namespace

TEST_CASE("Ranks come with the probabilities of Zipf's law") {
  for (const double s : {0.0, 0.3, 0.5, 0.9, 0.999, 1.0, 1.001, 1.5, 3.0}) {
    CAPTURE(s);
    const Zipf zipf(100, s);
    Stream stream(1, 0, "test", "zipf");
    const double n = 400'000;
    std::vector<double> counts(101), expected(101);
    for (int i = 0; i < static_cast<int>(n); ++i) {
      const std::uint64_t rank = zipf.sample(stream);
      REQUIRE(rank >= 1);
      REQUIRE(rank <= 100);
      ++counts[rank];
    }
    const double sum = harmonic(100, s);
    for (std::size_t k = 1; k <= 100; ++k) expected[k] = n * std::pow(static_cast<double>(k), -s) / sum;
    // Ranks that are expected fewer than ten times are counted together, in the last cell.
    std::vector<double> cells, expected_cells;
    double rest = 0, expected_rest = 0;
    for (std::size_t k = 1; k <= 100; ++k) {
      if (expected[k] >= 10) {
        cells.push_back(counts[k]);
        expected_cells.push_back(expected[k]);
      } else {
        rest += counts[k];
        expected_rest += expected[k];
      }
    }
    if (expected_rest >= 10) {
      cells.push_back(rest);
      expected_cells.push_back(expected_rest);
    }
    CHECK(chi_square(cells, expected_cells) <= chi_square_limit(cells.size()));
  }
}

TEST_CASE("A thousand million ranks need no table, and their head is right") {
  const double ranks = 1e9;
  for (const double s : {0.0, 0.5, 0.9, 1.0, 1.2}) {
    CAPTURE(s);
    const auto begun = std::chrono::steady_clock::now();
    const Zipf zipf(1'000'000'000, s);
    Stream stream(1, 0, "test", "zipf");
    const double n = 300'000;
    const std::vector<double> edges = {1, 2, 3, 5, 10, 100, 1e4, 1e6, 1e8, 1e9};
    std::vector<double> below(edges.size());
    for (int i = 0; i < static_cast<int>(n); ++i) {
      const auto rank = static_cast<double>(zipf.sample(stream));
      for (std::size_t e = 0; e < edges.size(); ++e) below[e] += rank <= edges[e] ? 1 : 0;
    }
    for (std::size_t e = 0; e < edges.size(); ++e) {
      CAPTURE(edges[e]);
      const double p = harmonic(edges[e], s) / harmonic(ranks, s);
      CHECK(std::abs(below[e] - n * p) <= deviations * std::sqrt(n * p * (1 - std::min(p, 1.0))) + 5);
    }
    // A tenth of a second as a rule; a table of a thousand million weights would take ten.
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  }
}

TEST_CASE("A single rank is always drawn, and two ranks in proportion") {
  Stream stream(1, 0, "test", "zipf");
  for (const double s : {0.0, 0.5, 1.0, 2.0, 10.0}) {
    CAPTURE(s);
    const Zipf one(1, s);
    for (int i = 0; i < 1000; ++i) REQUIRE(one.sample(stream) == 1);
    const Zipf two(2, s);
    const double n = 100'000;
    double first = 0;
    for (int i = 0; i < static_cast<int>(n); ++i) first += two.sample(stream) == 1 ? 1 : 0;
    const double p = 1 / (1 + std::pow(2, -s));
    CHECK(std::abs(first - n * p) <= deviations * std::sqrt(n * p * (1 - p)));
  }
}

TEST_CASE("The same place in a stream gives the same rank") {
  const Zipf zipf(1'000'000, 0.9);
  Stream stream(1, 0, "test", "zipf");
  for (std::uint64_t place = 0; place < 100; ++place) {
    const std::uint64_t rank = zipf.sample(stream.at(place));
    CHECK(zipf.sample(stream.at(place)) == rank);
  }
}

TEST_CASE("A law without ranks or with a strange exponent is refused by name") {
  CHECK_THROWS_WITH(Zipf(0, 1), ContainsSubstring("count"));
  CHECK_THROWS_WITH(Zipf(10, -0.1), ContainsSubstring("zipf"));
  CHECK_THROWS_WITH(Zipf(10, std::nan("")), ContainsSubstring("zipf"));
  CHECK_THROWS_WITH(Zipf(10, HUGE_VAL), ContainsSubstring("zipf"));
}
