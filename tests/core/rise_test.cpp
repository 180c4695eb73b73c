// Whether a stock still rises: what fills does, what wanders does not, however slowly.

#include "core/rise.h"

#include <cmath>
#include <vector>

#include "core/random.h"
#include "tests/support/catch.h"

namespace capplan::core {
namespace {

constexpr double tolerated = 0.02;
constexpr double level = 0.01;

std::vector<double> filling(double constant) {
  std::vector<double> series;
  for (int i = 0; i < 40; ++i) series.push_back(1000 * (1 - std::exp(-(i + 0.5) / constant)));
  return series;
}

TEST_CASE("a stock that fills along a line or slows down rises, and one that has filled does not") {
  std::vector<double> line;
  for (int i = 0; i < 40; ++i) line.push_back(i + 0.5);
  const Rise along = find_rise(line, tolerated, level);
  CHECK(along.rises);
  CHECK(along.last_quarter == Approx(1.0 / 3).epsilon(0.05));  // from 30 to 40
  CHECK(along.settled_after == 0);                             // a line says nothing of its end
  CHECK(find_rise(filling(20), tolerated, level).rises);
  const std::vector<double> filled = filling(2);
  CHECK_FALSE(find_rise(std::span(filled).subspan(15), tolerated, level).rises);
  CHECK_FALSE(find_rise(std::vector<double>(40, 7), tolerated, level).rises);
  CHECK_FALSE(find_rise(std::vector<double>(7, 7), tolerated, level).rises);
}

TEST_CASE("a rise that slows down says when it will be over") {
  const Rise rise = find_rise(filling(20), tolerated, level);
  // What is left of it in a quarter of the run is 2 % of the mean, 570, once exp(-t/20) (1 - exp(-1/2)) is 0.0114.
  CHECK(rise.settled_after == Approx(20 * std::log(0.3935 / 0.0114)).epsilon(0.2));
}

TEST_CASE("what wanders about a mean, quickly or as slowly as a random walk, is not taken for a rise") {
  Stream random(7, 0, "rise", "test");
  for (const double memory : {0.0, 0.5, 0.9, 0.99, 1.0}) {
    int alarms = 0;
    constexpr int trials = 2000;
    for (int t = 0; t < trials; ++t) {
      double at = 0;
      std::vector<double> series;
      for (int i = 0; i < 40; ++i) {
        at = memory * at + random.normal();
        series.push_back(1000 + at);
      }
      alarms += find_rise(series, 0, level).rises;
    }
    INFO("memory " << memory);
    CHECK(alarms <= trials * level + 3 * std::sqrt(trials * level));
  }
}

}  // namespace
}  // namespace capplan::core
