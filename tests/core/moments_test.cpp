// Mean and variance in one pass: against the textbook sums, far from zero, and merged.

#include "core/moments.h"

#include <numeric>
#include <vector>

#include "core/random.h"
#include "tests/support/catch.h"

namespace capplan::core {
namespace {

TEST_CASE("the moments of a few numbers are those of the textbook") {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};  // mean 5, squared deviations 32
  const Moments moments(values);
  CHECK(moments.count() == 8);
  CHECK(moments.mean() == Approx(5));
  CHECK(moments.variance() == Approx(32.0 / 7));
  CHECK(moments.standard_error() == Approx(std::sqrt(32.0 / 7 / 8)));
}

TEST_CASE("a mean far from zero does not drown the variance") {
  Moments moments;
  for (int i = 0; i < 1000; ++i) moments.add(1e9 + i % 2);  // variance 0.25 * 1000 / 999
  CHECK(moments.variance() == Approx(0.25 * 1000 / 999).epsilon(1e-6));
}

TEST_CASE("two parts merged are the whole, wherever it is cut") {
  Stream stream(1, 0, "moments", "values");
  std::vector<double> values(500);
  for (double& value : values) value = stream.exponential();
  const Moments whole(values);
  for (const std::size_t cut : {0, 1, 250, 499, 500}) {
    Moments left(std::span<const double>(values).first(cut));
    left.merge(Moments(std::span<const double>(values).subspan(cut)));
    CHECK(left.count() == whole.count());
    CHECK(left.mean() == Approx(whole.mean()).epsilon(1e-12));
    CHECK(left.variance() == Approx(whole.variance()).epsilon(1e-12));
  }
}

TEST_CASE("nothing and a single value carry no interval, nor does one that is not finite") {
  CHECK_FALSE(Moments().usable());
  CHECK_FALSE(Moments(std::vector<double>{1.0}).usable());
  CHECK(Moments(std::vector<double>{1.0, 2.0}).usable());
  CHECK_FALSE(Moments(std::vector<double>{1.0, std::nan("")}).usable());
}

}  // namespace
}  // namespace capplan::core
