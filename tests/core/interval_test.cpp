// Intervals and tests against worked values, and their promised error rates on seeded samples: each tolerance is four
// standard errors of the share that is counted, so that a right formula fails once in some 16,000 seeds.

#include "core/interval.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using namespace capplan::core;
using Catch::Matchers::ContainsSubstring;

namespace {

Approx six(double value) { return Approx(value).margin(6e-7).epsilon(0); }
Approx about(double value, double relative = 1e-10) { return Approx(value).epsilon(relative).margin(1e-300); }
Approx share_of(double share, int trials) {
  return Approx(share).margin(4 * std::sqrt(share * (1 - share) / trials)).epsilon(0);
}

/// Standard normal deviates by Box and Muller: the library's own distribution differs between implementations.
class Normals {
 public:
  explicit Normals(unsigned seed) : random_(seed) {}
  double next() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  std::vector<double> sample(std::size_t count, double mean = 0, double deviation = 1) {
    std::vector<double> values(count);
    for (double& value : values) value = mean + deviation * next();
    return values;
  }

 private:
  std::mt19937_64 random_;
};

const std::vector<double> a{5.1, 4.9, 5.3, 5.0, 5.2};
const std::vector<double> b{4.6, 4.8, 4.7, 4.5, 4.9};

}  // namespace

TEST_CASE("Student's quantiles agree with the table") {
  CHECK(student_t_quantile(0.975, 4) == six(2.776445));
  CHECK(student_t_quantile(0.975, 9) == six(2.262157));
  CHECK(student_t_quantile(0.975, 19) == six(2.093024));
  CHECK(student_t_quantile(0.975, 29) == six(2.045230));
  CHECK(student_t_quantile(0.975, 99) == six(1.984217));
  CHECK(student_t_quantile(0.025, 9) == six(-2.262157));
}

TEST_CASE("The mean interval over replications agrees with a worked value") {
  const std::vector<double> values{4.2, 3.9, 4.5, 4.1, 4.0, 4.4, 3.8, 4.3, 4.2, 4.6};
  const Estimate mean = mean_interval(values);
  CHECK(mean.known);
  CHECK(mean.value == about(4.2));
  CHECK(mean.half_width() == six(.184704));
  CHECK(mean.half_width() / 2.262157 * std::sqrt(10) == six(.258199));
  CHECK(mean_interval(values, 0.99).half_width() > mean.half_width());
}

TEST_CASE("A mean that the sample cannot carry is unknown") {
  CHECK_FALSE(mean_interval({}).known);
  CHECK_FALSE(mean_interval(std::vector<double>{3}).known);
  CHECK_FALSE(mean_interval(std::vector<double>{3, std::nan("")}).known);
  CHECK_FALSE(mean_interval(std::vector<double>{3, std::numeric_limits<double>::infinity()}).known);
  CHECK(mean_interval(std::vector<double>{3, 3, 3}) == Estimate{3, 3, 3, true});
}

TEST_CASE("The mean interval covers the true mean as often as it says") {
  Normals normals(1);
  const int trials = 10000;
  int covered95 = 0;
  int covered80 = 0;
  for (int i = 0; i < trials; ++i) {
    const std::vector<double> values = normals.sample(7, 40, 3);
    const Estimate wide = mean_interval(values, 0.95);
    const Estimate narrow = mean_interval(values, 0.80);
    covered95 += wide.lo <= 40 && 40 <= wide.hi;
    covered80 += narrow.lo <= 40 && 40 <= narrow.hi;
  }
  CHECK(static_cast<double>(covered95) / trials == share_of(0.95, trials));
  CHECK(static_cast<double>(covered80) / trials == share_of(0.80, trials));
}

TEST_CASE("Welch's test agrees with a worked value") {
  const MeanTest test = welch_difference(a, b);
  CHECK(test.difference.value == about(0.4));
  CHECK(test.t == about(4.0));
  CHECK(test.degrees_of_freedom == about(8));
  CHECK(test.difference.half_width() == about(0.1 * student_t_quantile(0.975, 8)));
  CHECK(test.p_value == Approx(0.003950).margin(6e-6).epsilon(0));
}

TEST_CASE("The paired test of the same values is sharper and agrees with a worked value") {
  const MeanTest test = paired_difference(a, b);
  CHECK(test.difference.value == about(0.4));
  CHECK(test.t == six(4.472136));
  CHECK(test.degrees_of_freedom == 4);
  CHECK(test.difference.half_width() == about(0.2 / std::sqrt(5) * student_t_quantile(0.975, 4)));
  const MeanTest reversed = paired_difference(b, a);
  CHECK(reversed.difference.value == about(-0.4));
  CHECK(reversed.p_value == about(test.p_value));
}

TEST_CASE("An interval excludes zero exactly when the p-value is below its level") {
  Normals normals(2);
  for (int i = 0; i < 300; ++i) {
    const std::vector<double> first = normals.sample(6, 1);
    const std::vector<double> second = normals.sample(6, 0, 2);
    for (const MeanTest& test : {paired_difference(first, second), welch_difference(first, second)}) {
      CHECK((test.difference.lo > 0 || test.difference.hi < 0) == (test.p_value < 0.05));
    }
  }
}

TEST_CASE("Tests find a difference where there is none as rarely as they say") {
  Normals normals(3);
  const int trials = 5000;
  int paired = 0;
  int welch = 0;
  for (int i = 0; i < trials; ++i) {
    const std::vector<double> first = normals.sample(12);
    const std::vector<double> second = normals.sample(12);
    paired += paired_difference(first, second).p_value < 0.05;
    welch += welch_difference(first, second).p_value < 0.05;
  }
  CHECK(static_cast<double>(paired) / trials == share_of(0.05, trials));
  CHECK(static_cast<double>(welch) / trials == share_of(0.05, trials));
}

TEST_CASE("Differences without any spread are certain") {
  const MeanTest same = paired_difference(a, a);
  CHECK(same.difference == Estimate{0, 0, 0, true});
  CHECK(same.p_value == 1);
  const std::vector<double> twos(3, 2.0);
  const std::vector<double> ones(4, 1.0);
  const MeanTest apart = welch_difference(twos, ones);
  CHECK(apart.difference == Estimate{1, 1, 1, true});
  CHECK(apart.p_value == 0);
  CHECK_FALSE(paired_difference(std::vector<double>{1}, std::vector<double>{2}).difference.known);
  CHECK_FALSE(welch_difference(a, std::vector<double>{2}).difference.known);
}

TEST_CASE("Batch means treat batches as replications") {
  const std::vector<double> series{99, 1, 3, 2, 4, 6, 8, 3, 5};  // the first is left over
  const BatchMeans batches = batch_means(series, 4);
  CHECK(batches.batch_size == 2);
  CHECK(batches.mean == mean_interval(std::vector<double>{2, 3, 7, 4}));
  CHECK(batches.lag1_autocorrelation == about((-2.0 * -1 + -1.0 * 3 + 3.0 * 0) / 14));
  CHECK_FALSE(batch_means(series, 10).mean.known);
}

TEST_CASE("Batch means cover the mean of a correlated series where single values do not") {
  Normals normals(4);
  const int trials = 1000;
  int batched = 0;
  int single = 0;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> series(2000);
    double state = normals.next();
    for (double& value : series) value = state = 0.8 * state + 0.6 * normals.next();
    const BatchMeans batches = batch_means(series, 20);
    batched += batches.mean.lo <= 0 && 0 <= batches.mean.hi;
    const Estimate naive = mean_interval(series);
    single += naive.lo <= 0 && 0 <= naive.hi;
  }
  // Batches of 100 at a correlation of 0.8 a step keep a small correlation: a point of coverage.
  CHECK(static_cast<double>(batched) / trials > 0.94 - 4 * std::sqrt(0.94 * 0.06 / trials));
  CHECK(static_cast<double>(single) / trials < 0.6);
}

TEST_CASE("Lag-one correlation is that of neighbours") {
  CHECK(lag1_autocorrelation(std::vector<double>{1, -1, 1, -1}) == about(-0.75));
  CHECK(lag1_autocorrelation(std::vector<double>{2, 2, 2}) == 0);
  CHECK(lag1_autocorrelation({}) == 0);
}

TEST_CASE("Holm's adjustment multiplies by the tests still open and never falls") {
  const std::vector<double> adjusted = holm_adjust(std::vector<double>{0.04, 0.01, 0.03, 0.005});
  CHECK(adjusted[3] == about(0.02));  // 4 x 0.005
  CHECK(adjusted[1] == about(0.03));  // 3 x 0.01
  CHECK(adjusted[2] == about(0.06));  // 2 x 0.03
  CHECK(adjusted[0] == about(0.06));  // 1 x 0.04, raised to its predecessor
  CHECK(holm_adjust(std::vector<double>{0.7, 0.6}) == std::vector<double>{1, 1});
  CHECK(holm_adjust(std::vector<double>{0.2}) == std::vector<double>{0.2});
  CHECK(holm_adjust({}).empty());
}

TEST_CASE("Benjamini and Hochberg's adjustment divides by the rank and never rises above its successor") {
  const std::vector<double> adjusted = benjamini_hochberg_adjust(std::vector<double>{0.04, 0.01, 0.03, 0.005});
  CHECK(adjusted[3] == about(0.02));  // 4/1 x 0.005
  CHECK(adjusted[1] == about(0.02));  // 4/2 x 0.01
  CHECK(adjusted[2] == about(0.04));  // 4/3 x 0.03
  CHECK(adjusted[0] == about(0.04));  // 4/4 x 0.04
  CHECK(benjamini_hochberg_adjust(std::vector<double>{0.2, 0.2}) == std::vector<double>{0.2, 0.2});
  CHECK(benjamini_hochberg_adjust({}).empty());
}

TEST_CASE("Holm's adjustment keeps the chance of any false finding below the level") {
  Normals normals(5);
  const int trials = 4000;
  int any = 0;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> p_values(10);
    for (double& p : p_values) p = normals.uniform();
    bool found = false;
    for (const double p : holm_adjust(p_values)) found = found || p < 0.05;
    any += found;
  }
  // With ten independent nulls the exact chance is 1 - (1 - 0.005)^10.
  CHECK(static_cast<double>(any) / trials == share_of(1 - std::pow(0.995, 10), trials));
}

TEST_CASE("Relative growth is the rise along the fitted line over the mean") {
  std::vector<double> rising(101);
  std::vector<double> shifted(101);
  for (std::size_t i = 0; i < rising.size(); ++i) {
    rising[i] = 3.0 * static_cast<double>(i);
    shifted[i] = 900 + static_cast<double>(i);
  }
  CHECK(relative_growth(rising) == about(2));
  CHECK(relative_growth(shifted) == about(100.0 / 950));
  CHECK(relative_growth(std::vector<double>(50, 7.0)) == 0);
  CHECK(relative_growth(std::vector<double>(50, 0.0)) == 0);
  CHECK(relative_growth(std::vector<double>{4, 2}) == about(-2.0 / 3));
  CHECK(relative_growth({}) == 0);
}

TEST_CASE("The slope test finds a growing queue and leaves a level one alone") {
  Normals normals(6);
  const auto growths = [&](double drift) {
    std::vector<double> result(8);
    for (double& growth : result) {
      std::vector<double> series(200);
      double level = 0;
      for (std::size_t i = 0; i < series.size(); ++i) {
        level = 0.7 * level + normals.next();
        series[i] = 50 + level + drift * static_cast<double>(i);
      }
      growth = relative_growth(series);
    }
    return result;
  };
  const SlopeTest growing = slope_test(growths(0.5), 0.2);
  CHECK(growing.growing);
  CHECK(growing.growth.value == Approx(1).margin(0.1));  // 0.5 x 199 over a mean of 100
  CHECK(growing.p_value < 1e-4);
  const SlopeTest level = slope_test(growths(0), 0.2);
  CHECK_FALSE(level.growing);
  CHECK(level.p_value > 0.9);
  CHECK_FALSE(slope_test(std::vector<double>{1}).growing);
  CHECK_FALSE(slope_test(std::vector<double>{1}).growth.known);
  CHECK_FALSE(slope_test(std::vector<double>{-2, -2, -2}).growing);
  CHECK(slope_test(std::vector<double>{2, 2, 2}).growing);
}

TEST_CASE("The slope test calls level series growing as rarely as its interval says") {
  Normals normals(7);
  const int trials = 4000;
  int found = 0;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> growths(6);
    for (double& growth : growths) growth = relative_growth(normals.sample(20, 30));
    found += slope_test(growths).growing;
  }
  CHECK(static_cast<double>(found) / trials == share_of(0.025, trials));
}

TEST_CASE("Wilson's interval agrees with worked values and stays within zero and one") {
  const Estimate some = proportion_interval(20, 100);
  CHECK(some.value == 0.2);
  CHECK(some.lo == Approx(0.133367).margin(6e-7).epsilon(0));
  CHECK(some.hi == Approx(0.288829).margin(6e-7).epsilon(0));
  const double z2 = 1.959963984540054 * 1.959963984540054;
  const Estimate none = proportion_interval(0, 50);
  CHECK(none.lo == 0);
  CHECK(none.hi == about(z2 / (50 + z2)));
  const Estimate all = proportion_interval(50, 50);
  CHECK(all.hi == 1);
  CHECK(all.lo == about(50 / (50 + z2)));
  CHECK_FALSE(proportion_interval(0, 0).known);
}

TEST_CASE("Ranks around a quantile are the closest that hold the level") {
  // The median of ten: P(X_(2) <= q <= X_(9)) = 1 - 2 (1 + 10) / 1024 = 97.9 %, and the next ranks in hold 89.1 %.
  const auto median = quantile_ranks(10, 0.5);
  REQUIRE(median);
  CHECK(median->lower == 2);
  CHECK(median->upper == 9);
  CHECK(quantile_ranks(10, 0.5, 0.89)->lower == 3);
  // Six values carry the median at 95 % (1 - 2/64 = 96.9 %), five do not (93.8 %).
  CHECK(quantile_ranks(6, 0.5)->upper == 6);
  CHECK_FALSE(quantile_ranks(5, 0.5));
  CHECK_FALSE(quantile_ranks(0, 0.5));
  // The largest of n lies below p99 with 0.99^n: 368 values are enough for an upper rank, 367 are not.
  CHECK(quantile_ranks(368, 0.99));
  CHECK_FALSE(quantile_ranks(367, 0.99));
}

TEST_CASE("Ranks of a large sample follow the normal approximation") {
  const auto ranks = quantile_ranks(9508, 0.99);
  REQUIRE(ranks);
  const double reach = 1.96 * std::sqrt(9508 * 0.99 * 0.01);
  CHECK(static_cast<double>(ranks->lower) == Approx(9508 * 0.99 - reach).margin(2));
  CHECK(static_cast<double>(ranks->upper) == Approx(9508 * 0.99 + reach).margin(2));
  const auto many = quantile_ranks(100000000, 0.999);
  REQUIRE(many);
  const double width = 2 * 1.959964 * std::sqrt(1e8 * 0.001 * 0.999);
  CHECK(static_cast<double>(many->upper - many->lower) == Approx(width).margin(4));
}

TEST_CASE("Ranks enclose the quantile at least as often as they say") {
  Normals normals(8);
  const int trials = 4000;
  const auto ranks = quantile_ranks(120, 0.9);
  REQUIRE(ranks);
  int covered = 0;
  for (int i = 0; i < trials; ++i) {
    std::uint64_t below = 0;  // uniform values under their own 0.9-quantile
    for (int k = 0; k < 120; ++k) below += normals.uniform() < 0.9;
    covered += ranks->lower <= below && below < ranks->upper;
  }
  CHECK(static_cast<double>(covered) / trials > 0.95 - 4 * std::sqrt(0.95 * 0.05 / trials));
}

TEST_CASE("The sample size for a quantile agrees with a worked value") {
  CHECK(quantile_sample_size(0.99, 0.002) == 9508);
  CHECK(quantile_sample_size(0.5, 0.1) == 97);
}

TEST_CASE("Student's probability is the inverse of its quantile") {
  for (const double p : {0.01, 0.3, 0.5, 0.975})
    for (const double degrees : {1.0, 4.5, 60.0})
      CHECK(student_t_probability(student_t_quantile(p, degrees), degrees) == Approx(p));
}

TEST_CASE("A further error widens a difference by its variance, moves the test and not the value") {
  const std::vector<double> first = {3, 5, 4, 6, 2}, second = {1, 1, 1, 1, 1};
  const MeanTest test = paired_difference(first, second);  // 3, of variance 2.5 / 5 and 4 degrees of freedom
  const MeanTest same = with_error(test, 0, 0, 9);
  CHECK(same.difference == test.difference);
  const MeanTest wider = with_error(test, 0, 0.5, 4);
  CHECK(wider.difference.value == test.difference.value);
  CHECK(wider.degrees_of_freedom == Approx(8));  // two equal variances of 4 degrees each
  CHECK(wider.difference.half_width() == Approx(student_t_quantile(0.975, 8)));  // of a standard error of 1
  CHECK(wider.t == Approx(3));
  const MeanTest moved = with_error(test, -3, 0.5, 4);
  CHECK(moved.p_value == Approx(1));
  CHECK(moved.difference.value == 3);
  CHECK(moved.difference.lo == Approx(-student_t_quantile(0.975, 8)));
  const MeanTest none = with_error(paired_difference(second, second), 0, 1, 20);  // a difference that nothing scatters
  CHECK(none.difference.half_width() == Approx(student_t_quantile(0.975, 20)));
}

TEST_CASE("An interval's parameter outside its domain is refused by name") {
  CHECK_THROWS_WITH(student_t_quantile(0, 3), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(student_t_quantile(0.5, 0), ContainsSubstring("degrees_of_freedom"));
  CHECK_THROWS_WITH(mean_interval(a, 1), ContainsSubstring("confidence"));
  CHECK_THROWS_WITH(mean_interval(a, 0), ContainsSubstring("confidence"));
  CHECK_THROWS_WITH(paired_difference(a, std::vector<double>{1, 2}), ContainsSubstring("second"));
  CHECK_THROWS_WITH(batch_means(a, 1), ContainsSubstring("batches"));
  CHECK_THROWS_WITH(holm_adjust(std::vector<double>{0.5, 1.5}), ContainsSubstring("p_values"));
  CHECK_THROWS_WITH(slope_test(a, std::nan("")), ContainsSubstring("tolerated"));
  CHECK_THROWS_WITH(proportion_interval(3, 2), ContainsSubstring("successes"));
  CHECK_THROWS_WITH(quantile_ranks(10, 1), ContainsSubstring("p:"));
  CHECK_THROWS_WITH(quantile_sample_size(0.5, 0), ContainsSubstring("rank_error"));
}
