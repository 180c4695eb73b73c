// What is said of a capture whose log, manifest and probes do not go together, and what a manifest leaves to its log.

#include "plan/fit/capture_warnings.h"

#include "plan/fit/replay.h"
#include "tests/plan/refusal.h"
#include "tests/plan/synthetic_capture.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::synthetic;
using test::SyntheticCapture;

namespace {
const test::Synthetic plain{.rate = 200, .seconds = 20};
}

TEST_CASE("a capture that fits its manifest is not warned of") {
  const SyntheticCapture c = synthetic(plain, 1);
  CHECK(capture_warnings(c.manifest, c.log).empty());
}

TEST_CASE("a log of another length than the manifest's is said to be one") {
  SyntheticCapture c = synthetic(plain, 1);
  c.manifest.duration = 60 * core::second;
  const std::vector<std::string> said = capture_warnings(c.manifest, c.log);
  REQUIRE(said.size() == 1);
  CHECK_THAT(said[0], ContainsSubstring("the log spans 20") && ContainsSubstring("the manifest says 60"));
}

TEST_CASE("a log of another rate than the manifest's is said to be one") {
  SyntheticCapture c = synthetic(plain, 1);
  c.manifest.rate = 100;
  CHECK_THAT(capture_warnings(c.manifest, c.log).at(0),
             ContainsSubstring("where the manifest says 100: the rate is another"));
  c.manifest.rate = 1000;
  CHECK_THAT(capture_warnings(c.manifest, c.log).at(0), ContainsSubstring("the system could not carry more"));
  c.manifest.load = CaptureManifest::Load::closed;
  CHECK(capture_warnings(c.manifest, c.log).empty());
}

TEST_CASE("requests that were skipped or failed, and a drifting host, are said") {
  SyntheticCapture c = synthetic(plain, 1);
  c.log.skipped[0] = 7;
  c.log.failed[1] = 3;
  c.manifest.probe_before = 100 * core::microsecond;
  c.manifest.probe_after = 120 * core::microsecond;
  const std::vector<std::string> said = capture_warnings(c.manifest, c.log);
  REQUIRE(said.size() == 3);
  CHECK_THAT(said[0], ContainsSubstring("7 requests were skipped"));
  CHECK_THAT(said[1], ContainsSubstring("3 requests failed"));
  CHECK_THAT(said[2], ContainsSubstring("differs from the one before by 20.0 %"));
}

TEST_CASE("classes and mix that a manifest leaves open are those of the log, and not even shares") {
  SyntheticCapture c =
      synthetic({.rate = 500, .seconds = 20, .classes = {"read", "write"}, .mix = {0.9, 0.1}, .mean = {1e-3, 1e-3}}, 1);
  c.manifest.classes.clear();
  REQUIRE(c.manifest.mix.empty());
  const MeasuredCapture m = measure(c.manifest, c.log);
  CHECK(m.manifest.classes == c.log.classes);
  REQUIRE(m.manifest.mix.size() == 2);
  CHECK(m.manifest.mix[0].second == static_cast<double>(m.classes[0].durations.size()));
  CHECK(m.manifest.mix[0].second > 8 * m.manifest.mix[1].second);
  c.manifest.mix = {{"read", 1}, {"write", 1}};
  CHECK(measure(c.manifest, c.log).manifest.mix[0].second == 1);
}

TEST_CASE("a manifest that cannot be its log's is refused before anything is replayed") {
  SyntheticCapture c = synthetic(plain, 1);
  const auto refusal = [&] { return test::refusal_of([&] { measure(c.manifest, c.log); }); };
  CHECK(refusal().empty());
  c.manifest.duration = 90 * 86'400 * core::second;
  CHECK_THAT(refusal(), ContainsSubstring("capture.duration: is 90.0 d, where the log spans 20"));
  c.manifest.duration = 20 * core::second;
  c.manifest.rate = 1e9;
  CHECK_THAT(refusal(), ContainsSubstring("load.rate: offers 2e+10 requests in 20"));
  c.manifest.rate = 4000;  // twenty times what was carried
  CHECK(refusal().empty());
  c.manifest.mix = {{"raed", 1}};
  CHECK_THAT(refusal(), ContainsSubstring("load.mix.raed: is none of the classes in the log") &&
                            ContainsSubstring("did you mean read?"));
}

TEST_CASE("settings that are named and not there are said") {
  SyntheticCapture c = synthetic(plain, 1);
  c.manifest.settings = "/no/such/pg_settings.csv";
  CHECK_THAT(capture_warnings(c.manifest, c.log).at(0), ContainsSubstring("/no/such/pg_settings.csv, are not there"));
}
