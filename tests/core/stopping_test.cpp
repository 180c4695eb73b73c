// The sequential stopping rule: its checkpoints, its precision test, and the coverage of the intervals it stops at.

#include "core/stopping.h"

#include <cmath>
#include <random>
#include <vector>

#include "core/interval.h"
#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<int> checkpoints(const StoppingRule& rule) {
  std::vector<int> result;
  for (int done = 0; done < rule.max; result.push_back(done)) done = rule.next_target(done);
  return result;
}

}  // namespace

TEST_CASE("Checkpoints grow by the square root of two") {
  CHECK(checkpoints({.min = 5, .max = 113}) == std::vector<int>{5, 7, 10, 14, 20, 28, 40, 56, 80, 113});
}

TEST_CASE("Checkpoints start at min, end at max and lie on the common ladder between") {
  CHECK(checkpoints({.min = 8, .max = 30}) == std::vector<int>{8, 10, 14, 20, 28, 30});
  CHECK(checkpoints({.min = 2, .max = 6}) == std::vector<int>{2, 5, 6});
  CHECK(checkpoints({.min = 12, .max = 12}) == std::vector<int>{12});
  CHECK(checkpoints({.min = 5, .max = 2'000'000'000}).back() == 2'000'000'000);
}

TEST_CASE("The next checkpoint is the first beyond what is done, off the ladder too") {
  const StoppingRule rule{.min = 5, .max = 40};
  CHECK(rule.next_target(0) == 5);
  CHECK(rule.next_target(3) == 5);
  CHECK(rule.next_target(11) == 14);
  CHECK(rule.next_target(28) == 40);
  CHECK(rule.next_target(40) == 40);
  CHECK(rule.next_target(50) == 50);
}

TEST_CASE("An estimate is precise when it is known and its half width is a small share of it") {
  const StoppingRule rule{.min = 5, .max = 40, .relative_half_width = 0.1};
  CHECK(rule.precise({10, 9, 11, true}));
  CHECK_FALSE(rule.precise({10, 8.9, 11.1, true}));
  CHECK_FALSE(rule.precise({10, 9.9, 10.1, false}));
  CHECK(rule.precise({-10, -10.5, -9.5, true}));
  CHECK(rule.precise({0, 0, 0, true}));
  CHECK_FALSE(rule.precise({0, -0.1, 0.1, true}));
  CHECK_FALSE(rule.precise({std::nan(""), 0, 0, true}));
}

TEST_CASE("A run is finished when all estimates are precise, or at max") {
  const StoppingRule rule{.min = 5, .max = 40, .relative_half_width = 0.1};
  const std::vector<Estimate> good{{10, 9.5, 10.5, true}, {1, 0.99, 1.01, true}};
  const std::vector<Estimate> mixed{{10, 9.5, 10.5, true}, {1, 0.5, 1.5, true}};
  CHECK(rule.finished(5, good));
  CHECK_FALSE(rule.finished(4, good));
  CHECK_FALSE(rule.finished(28, mixed));
  CHECK(rule.finished(40, mixed));
}

TEST_CASE("Stopping at an asked precision costs little coverage") {
  std::mt19937_64 random(11);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const StoppingRule rule{.min = 5, .max = 160, .relative_half_width = 0.05};
  const int trials = 4000;
  int covered = 0;
  int reached_max = 0;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> values;
    Estimate mean;
    int done = 0;
    while (!rule.finished(done, std::vector<Estimate>{mean})) {
      done = rule.next_target(done);
      while (static_cast<int>(values.size()) < done) {
        values.push_back(10 + std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform()));
      }
      mean = mean_interval(values);
    }
    covered += mean.lo <= 10 && 10 <= mean.hi;
    reached_max += done == rule.max;
    if (done < rule.max) CHECK(rule.precise(mean));
  }
  CHECK(reached_max == 0);  // a spread of a tenth needs some 18 replications
  // 92 % in the long run, less four standard errors of 4000 trials
  CHECK(static_cast<double>(covered) / trials > 0.92 - 4 * std::sqrt(0.92 * 0.08 / trials));
}

TEST_CASE("A stopping rule out of range is refused by name") {
  CHECK_THROWS_WITH((StoppingRule{.min = 0, .max = 5}.check()), ContainsSubstring("min"));
  CHECK_THROWS_WITH((StoppingRule{.min = 5, .max = 4}.next_target(0)), ContainsSubstring("max"));
  CHECK_THROWS_WITH((StoppingRule{.min = 5, .max = 8, .relative_half_width = 0}.check()),
                    ContainsSubstring("relative_half_width"));
  CHECK_THROWS_WITH(StoppingRule{}.next_target(-1), ContainsSubstring("done"));
  CHECK_NOTHROW(StoppingRule{}.check());
}
