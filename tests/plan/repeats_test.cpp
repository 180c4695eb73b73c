// The spread of repeated runs, and the textbook's predictions: worked by hand, and on real captures.

#include "plan/fit/repeats.h"

#include <cmath>

#include "core/queueing.h"
#include "core/random.h"
#include "plan/fit/capture_baselines.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;

namespace {

/// A capture of one class whose latencies all last `seconds`.
MeasuredCapture flat(const std::string& name, double seconds, double rate = 100) {
  MeasuredCapture c;
  c.manifest.name = name;
  c.manifest.classes = {"read"};
  c.manifest.rate = rate;
  c.manifest.clients = c.manifest.connections = 4;
  const std::vector<double> all(200, seconds);
  c.classes.push_back({"read", all, all, {}});
  c.completed_per_s = rate;
  return c;
}

}  // namespace

TEST_CASE("captures of the same load repeat each other, others do not") {
  MeasuredCapture a = flat("a", 1e-3), b = flat("b", 1.2e-3), c = flat("c", 0.9e-3), other = flat("d", 5e-3, 200);
  CHECK(repeat_each_other(a.manifest, b.manifest));
  CHECK_FALSE(repeat_each_other(a.manifest, other.manifest));
  const std::vector<Repeats> found = repeats({a, other, b, c});
  REQUIRE(found.size() == 1);
  CHECK(found[0].captures == std::vector<std::string>{"a", "b", "c"});
  CHECK(found[0].pairs == 3);
  CHECK(found[0].p50 == Approx(0.2));  // of 0.2, 0.1 and 0.25
  CHECK(found[0].p99 == Approx(0.2));
  b.manifest.indexes.push_back({"notes", "hnsw", {"read"}, {}});
  CHECK_FALSE(repeat_each_other(a.manifest, b.manifest));
  CHECK(repeats({a, other}).empty());
}

TEST_CASE("the textbook is M/M/c on the mean durations of the other captures") {
  const double mean = 5e-3, rate = 600;  // three of four connections are busy
  MeasuredCapture asked = flat("asked", 1e-3, rate);
  const CaptureValidation v = textbook_leave_one_out({asked, flat("other", mean)});
  REQUIRE(v.captures.size() == 2);
  const ComparedCapture& c = v.captures[0];
  const core::MarkovQueue queue{rate, 1 / mean, 4};
  REQUIRE(c.classes.size() == 2);
  CHECK(c.classes[0].latency.p50.predicted.value == Approx(core::response_quantile(queue, 0.50)).epsilon(1e-6));
  CHECK(c.classes[0].latency.p99.predicted.value == Approx(core::response_quantile(queue, 0.99)).epsilon(1e-6));
  CHECK(c.classes[1].latency.p95.predicted.value == Approx(core::response_quantile(queue, 0.95)).epsilon(1e-6));
  CHECK(c.pool_wait.predicted.value == Approx(core::mmc(queue).mean_wait).epsilon(1e-6));
  CHECK(c.classes[0].latency.mean.error == Approx(core::mmc(queue).mean_response / 1e-3 - 1).epsilon(1e-6));
}

TEST_CASE("the textbook says where it has no steady state") {
  const CaptureValidation v = textbook_leave_one_out({flat("asked", 1e-3, 1000), flat("other", 5e-3)});
  CHECK(v.captures[0].saturated);
  CHECK_FALSE(v.captures[1].saturated);
}
