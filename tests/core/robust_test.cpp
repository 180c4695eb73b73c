// Statistics that outliers do not move far.

#include "core/robust.h"

#include "tests/support/catch.h"

using namespace capplan::core;

TEST_CASE("a damped residual is itself when small, odd, and grows like a square root") {
  CHECK(damped(0) == 0);
  CHECK(damped(0.01) == Approx(0.01).epsilon(1e-4));
  CHECK(damped(-3) == -damped(3));
  CHECK(damped(3) < 3);
  CHECK(damped(4e6) / damped(1e6) == Approx(2).epsilon(1e-3));
}

TEST_CASE("a robust spread is that of a normal sample, and one wild value does not move it far") {
  std::vector<double> values = {-2, -1, -0.6745, 0.1, 0.3, 0.6745, 0.9, 1.5};
  const double spread = robust_spread(values);
  CHECK(spread == Approx(1.4826 * 0.9));
  values.back() = 1e9;
  CHECK(robust_spread(values) == Approx(spread));
  CHECK(robust_spread({}) == 0);
}
