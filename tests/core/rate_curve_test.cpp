// Rates over time: integrated and inverted exactly, over jumps, stretches of nothing and loops.

#include "core/rate_curve.h"

#include <cmath>

#include "core/random.h"
#include "tests/support/catch.h"

using namespace capplan::core;

namespace {

/// Up from 2 to 6 in 4 s, 1 for 2 s, nothing for 1 s, then 3.
const RateCurve ramp({{0, 2, 2}, {4, 6, 1}, {6, 1, 0}, {7, 0, 3}});

}  // namespace

TEST_CASE("a curve is integrated and inverted by hand-worked values") {
  CHECK(ramp.rate(0) == 2);
  CHECK(ramp.rate(1) == 3);
  CHECK(ramp.rate(4) == 1);  // from the jump on
  CHECK(ramp.rate(6.5) == 0);
  CHECK(ramp.rate(100) == 3);
  CHECK(ramp.integral(2) == Approx(6));  // 2 s at 3 on average
  CHECK(ramp.integral(4) == Approx(16));
  CHECK(ramp.integral(6.5) == Approx(18));
  CHECK(ramp.integral(9) == Approx(24));
  CHECK(ramp.inverse(0) == 0);
  CHECK(ramp.inverse(6) == Approx(2));
  CHECK(ramp.inverse(17) == Approx(5));
  CHECK(ramp.inverse(18) == Approx(6));  // the earliest: nothing comes in the second after
  CHECK(ramp.inverse(21) == Approx(8));
}

TEST_CASE("what lies after a moment comes over and over again") {
  const RateCurve loop({{0, 9, 9}, {1, 9, 2}, {3, 2, 2}, {5, 6, 9}}, 1);  // a round of 4 s and 2 x 2 + 2 x 4 = 12
  CHECK(loop.integral(5) == Approx(21));
  CHECK(loop.integral(6) == Approx(23));  // the first second of the second round is like that after 1
  CHECK(loop.integral(41) == Approx(9 + 10 * 12));
  CHECK(loop.rate(6) == Approx(2));
  CHECK(loop.rate(8) == Approx(4));
  CHECK(loop.inverse(9 + 10 * 12 + 2) == Approx(42));
}

TEST_CASE("inverse undoes integral wherever something comes") {
  Stream stream(1, 0, "curve", "test");
  for (int curve = 0; curve < 200; ++curve) {
    std::vector<RateCurve::Knot> knots;
    double at = 0;
    for (int i = 0; i < 8; ++i, at += stream.uniform() * 10)
      knots.push_back({at, 0.1 + stream.uniform() * 50, 0.1 + stream.uniform() * 50});
    const RateCurve random(knots, curve % 2 == 0 ? -1 : knots[3].at);
    double before = -1;
    for (int i = 0; i < 100; ++i) {
      const double t = i * at / 30;
      INFO("curve " << curve << " at " << t);
      CHECK(random.inverse(random.integral(t)) == Approx(t).epsilon(1e-9).margin(1e-9));
      CHECK(random.integral(t) > before);
      before = random.integral(t);
    }
  }
}

TEST_CASE("what never comes is infinitely far, and what is no curve is refused") {
  const RateCurve ends({{0, 5, 5}, {2, 5, 0}});
  CHECK(ends.inverse(10) == Approx(2));
  CHECK(std::isinf(ends.inverse(10.01)));
  CHECK_THROWS(RateCurve({}));
  CHECK_THROWS(RateCurve({{1, 1, 1}}));
  CHECK_THROWS(RateCurve({{0, 1, 1}, {2, 1, 1}, {1, 1, 1}}));
  CHECK_THROWS(RateCurve({{0, 1, -1}}));
  CHECK_THROWS(RateCurve({{0, 1, 1}}, 0));
}
