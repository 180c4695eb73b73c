// Captures with classes that a calibration lacks: what can be predicted is kept, and the rest is said.

#include "plan/fit/known_classes.h"

#include "plan/format/unwritten.h"
#include "tests/plan/refusal.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Costs of "read" and "write".
models::Table calibration() {
  using unwritten::raw;
  return {{"query", raw(models::Table{{"read", raw(models::Table{})}, {"write", raw(models::Table{})}})}};
}

/// 100 requests a second, weights and counts as given.
MeasuredCapture capture(const std::vector<std::pair<std::string, double>>& mix) {
  MeasuredCapture c;
  c.manifest.file = "c.toml";
  c.manifest.rate = 100;
  c.manifest.mix = mix;
  c.completed_per_s = 100;
  for (const auto& [name, weight] : mix) {
    c.manifest.classes.push_back(name);
    const std::vector<double> durations(static_cast<std::size_t>(weight), 1e-3);
    c.classes.push_back({name, durations, durations, {}});
  }
  return c;
}

}  // namespace

TEST_CASE("a capture of known classes stays as it is") {
  const MeasuredCapture kept = of_known_classes(calibration(), capture({{"read", 80}, {"write", 20}}));
  CHECK(kept.classes.size() == 2);
  CHECK(kept.manifest.rate == 100);
  CHECK(kept.warnings.empty());
  CHECK(of_known_classes(calibration(), capture({{"write", 20}})).classes.size() == 1);
}

TEST_CASE("requests of a class that the calibration lacks are left out of both sides, with their share of the load") {
  const MeasuredCapture kept = of_known_classes(calibration(), capture({{"read", 60}, {"count", 25}, {"write", 15}}));
  REQUIRE(kept.classes.size() == 2);
  CHECK(kept.manifest.classes == std::vector<std::string>{"read", "write"});
  CHECK(kept.manifest.mix.size() == 2);
  CHECK(kept.manifest.rate == Approx(75));
  CHECK(kept.completed_per_s == Approx(75));
  REQUIRE(kept.warnings.size() == 1);
  CHECK_THAT(kept.warnings[0], ContainsSubstring("no costs of count: 25% of the requests are left out"));
}

TEST_CASE("a class that is named and never asked for is not worth a warning") {
  CHECK(of_known_classes(calibration(), capture({{"read", 60}, {"count", 0}})).warnings.empty());
}

TEST_CASE("a capture none of whose classes is known is refused, and all of them are named") {
  const std::string said = test::refusal_of([] {
    of_known_classes(calibration(), capture({{"count", 60}, {"scan", 40}}));
  });
  CHECK_THAT(said, ContainsSubstring("c.toml") && ContainsSubstring("costs of none of them: count, scan"));
}
