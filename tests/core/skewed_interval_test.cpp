#include "core/skewed_interval.h"

#include <cmath>

#include "core/interval.h"
#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

/// Shares of samples of exponential values whose interval lies below their mean of 1, and above it.
struct Missed {
  double below = 0, above = 0;
};

template <class Interval>
Missed missed(int values, Interval interval) {
  constexpr int samples = 4000;
  Missed share;
  for (std::uint64_t sample = 0; sample < samples; ++sample) {
    std::vector<double> drawn;
    for (int i = 0; i < values; ++i) {
      const std::uint64_t bits = mix(sample * 1000 + static_cast<std::uint64_t>(i) + 7);
      drawn.push_back(-std::log((static_cast<double>(bits >> 11) + 0.5) * 0x1p-53));
    }
    const Estimate e = interval(drawn);
    share.below += (e.hi < 1) / static_cast<double>(samples);
    share.above += (e.lo > 1) / static_cast<double>(samples);
  }
  return share;
}

}  // namespace

TEST_CASE("of skewed values the interval misses the mean as rarely as it says, where Student's does not") {
  const Missed student = missed(30, [](const auto& values) { return mean_interval(values); });
  const Missed skewed =
      missed(30, [](const auto& values) { return with_skewness(mean_interval(values), values, 0.95); });
  INFO("Student " << student.below << " and " << student.above << ", skewed " << skewed.below << " and "
                  << skewed.above);
  CHECK(student.below + student.above > 0.06);
  CHECK(skewed.below + skewed.above < 0.05);
  CHECK(skewed.above <= student.above);
}

TEST_CASE("values that lean to no side have Student's interval") {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(with_skewness(mean_interval(values), values, 0.95) == mean_interval(values));
  const std::vector<double> equal(8, 2.5);
  CHECK(with_skewness(mean_interval(equal), equal, 0.95) == mean_interval(equal));
}

TEST_CASE("of fewer than eight values the interval stays as it is") {
  const std::vector<double> values = {1, 1, 1, 1, 1, 1, 9};
  CHECK(with_skewness(mean_interval(values), values, 0.95) == mean_interval(values));
  CHECK_FALSE(with_skewness({}, std::vector<double>{1, 1, 1, 1, 1, 1, 1, 9}, 0.95).known);
}

TEST_CASE("an interval that leans agrees with a worked value") {
  // Mean 2, standard error 0.75593, skewness 0.84375, and Student's 2.36462 for seven degrees of freedom.
  const std::vector<double> values = {0, 0, 1, 1, 1, 3, 4, 6};
  const Estimate e = with_skewness(mean_interval(values), values, 0.95);
  CHECK(e.lo == mean_interval(values).lo);
  CHECK(e.hi == Approx(4.63003).epsilon(1e-5));
}
