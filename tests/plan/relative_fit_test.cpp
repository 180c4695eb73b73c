// Least squares over relative errors, on sums whose costs are known.

#include "plan/fit/relative_fit.h"

#include <stdexcept>

#include "tests/support/catch.h"

using namespace capplan::plan;

TEST_CASE("the costs of an exact sum are found, whatever their size") {
  std::vector<FitPoint> points;
  for (int i = 1; i <= 6; ++i) {
    const double a = i * i * 1e9, b = 7 - i;
    points.push_back({{a, b}, 3e-9 * a + 0.5 * b});
  }
  const RelativeFit fit = fit_relative(points);
  CHECK(fit.costs[0] == Approx(3e-9));
  CHECK(fit.costs[1] == Approx(0.5));
  CHECK(fit.residual == Approx(0).margin(1e-9));
  CHECK(fit.leave_one_out_most == Approx(0).margin(1e-9));
}

TEST_CASE("a short measurement counts as much as a long one") {
  // One cost for 1 -> 1 and 1000 -> 2000: the relative errors c - 1 and c / 2 - 1 weigh alike, so c = 1.5 / 1.25.
  const FitPoint points[] = {{{1}, 1}, {{1000}, 2000}};
  const RelativeFit fit = fit_relative(points);
  CHECK(fit.costs[0] == Approx(1.2));
  // Each from the other alone: 2 for 1, and 1000 for 2000.
  CHECK(fit.leave_one_out_most == Approx(1));
  CHECK(fit.leave_one_out == Approx(std::sqrt((1 + 0.25) / 2)));
}

TEST_CASE("a cost below zero is left out") {
  const FitPoint points[] = {{{1, 1}, 1}, {{2, 4}, 1.5}, {{3, 9}, 2}, {{4, 16}, 2.5}};
  const RelativeFit fit = fit_relative(points);
  CHECK(fit.costs[1] == 0);
  CHECK(fit.costs[0] > 0.6);
}

TEST_CASE("what cannot be fitted is refused") {
  const FitPoint few[] = {{{1, 2}, 1}, {{2, 1}, 1}};
  CHECK_THROWS_AS(fit_relative(few), std::invalid_argument);
  const FitPoint alike[] = {{{1, 2}, 1}, {{2, 4}, 2}, {{3, 6}, 3}, {{4, 8}, 4}};
  CHECK_THROWS_AS(fit_relative(alike), std::invalid_argument);
  const FitPoint zero[] = {{{1}, 1}, {{2}, 0}};
  CHECK_THROWS_AS(fit_relative(zero), std::invalid_argument);
}
