// Whether drift finds what moved, names it as that and nothing else, and finds nothing where nothing moved, however
// alike neighbours are. Captures are made up (synthetic_capture.h), so that what moved is known.

#include "plan/fit/drift.h"

#include <set>

#include "core/error.h"
#include "plan/fit/calibration.h"
#include "plan/format/document.h"
#include "plan/report/drift_report.h"
#include "tests/plan/synthetic_capture.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::Synthetic;
using test::synthetic;

namespace {

CaptureBaseline baseline(const Synthetic& s, std::uint64_t seed) {
  const test::SyntheticCapture c = synthetic(s, seed);
  return baseline_of(c.manifest, c.log, c.keys);
}

/// A calibration as its file says it: what the capture was like, and costs that are its durations.
models::Table calibration(const Synthetic& s, std::uint64_t seed) {
  std::string text = "[calibration]\nschema = \"capplan.calibration/1\"\n\n" + to_toml(baseline(s, seed));
  for (std::size_t k = 0; k < s.classes.size(); ++k)
    text += "\n[query." + s.classes[k] + "]\ncpu = { lognormal = { mean = \"" + std::to_string(s.mean[k] * 1e6) +
            "us\", cv = 0.5 } }\n";
  return parse_toml(text, "c.toml");
}

/// Held against each other: `after` against a calibration from `before`, of different seeds.
Drift between(const Synthetic& before, const Synthetic& after, std::uint64_t seed, double margin = 0.1) {
  return drift(calibration(before, 2 * seed), "c.toml", {baseline(after, 2 * seed + 1)}, {.margin = margin});
}

/// What moved: "demand read", "mix".
std::set<std::string> moved(const Drift& d) {
  std::set<std::string> what;
  for (const DriftLine& l : d.captures[0].lines)
    if (l.verdict == Moved::moved)
      what.insert(to_string(l.kind) + (l.kind == DriftKind::demand ? " " + l.subject : ""));
  return what;
}

/// Two minutes at 150/s.
Synthetic long_capture() { return {.seconds = 120}; }

/// The change is found in each of ten captures, and nothing else is.
void finds(const Synthetic& before, const Synthetic& after, const std::set<std::string>& what) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    const Drift d = between(before, after, seed);
    INFO(seed << ": " << in_words(d));
    CHECK(moved(d) == what);
    CHECK(d.verdict == Moved::moved);
  }
}

}  // namespace

TEST_CASE("an unchanged workload is called moved no more often than the level says, however alike neighbours are") {
  Synthetic s{.rate = 100, .seconds = 30, .alike = 0.7, .sticky = 0.3, .bursts = 0.4, .zipf = 0.9};
  constexpr int seeds = 150;
  int any = 0, beyond_margin = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    any += moved(between(s, s, seed, 1e-6)).empty() ? 0 : 1;  // of any size: the tests alone
    if (seed % 5 == 0) beyond_margin += moved(between(s, s, seed)).empty() ? 0 : 1;
  }
  INFO(any << " of " << seeds);
  // 5 % of 150 and three standard deviations of such a count.
  CHECK(any <= 7.5 + 3 * std::sqrt(150 * 0.05 * 0.95));
  CHECK(beyond_margin <= 1);
}

TEST_CASE("an unchanged workload that was captured for long enough is said to be described still") {
  const Drift d = between(long_capture(), long_capture(), 1);
  INFO(in_words(d));
  CHECK(d.verdict == Moved::none_shown);
  CHECK_THAT(in_words(d), ContainsSubstring("still describes"));
}

TEST_CASE("a fifth more demand of one class is found as that") {
  Synthetic after = long_capture();
  after.mean[0] *= 1.2;
  finds(long_capture(), after, {"demand read"});
}

TEST_CASE("a mix that shifted is found as that") {
  Synthetic after = long_capture();
  after.mix = {0.5, 0.4, 0.1};
  finds(long_capture(), after, {"mix"});
}

TEST_CASE("a rate that rose by 15 % is found as that") {
  Synthetic before = long_capture(), after = long_capture();
  before.rate = 300;
  after.rate = 345;
  finds(before, after, {"rate"});
}

TEST_CASE("keys that came to be asked for more unequally are found as that") {
  Synthetic before = long_capture(), after = long_capture();
  before.zipf = 0.9;
  after.zipf = 1.1;
  finds(before, after, {"skew"});
}

TEST_CASE("arrivals that come in bursts are found as that") {
  Synthetic before = long_capture(), after = long_capture();
  before.rate = after.rate = 300;
  after.bursts = 0.3;
  after.turn = 0.1;
  finds(before, after, {"dispersion"});
}

TEST_CASE("a slower host is found as that: probes take its part out of the demand") {
  Synthetic before = long_capture(), after = long_capture();
  before.probe = 400e-6;
  after.probe = 1.3 * before.probe;
  for (double& mean : after.mean) mean *= 1.3;
  finds(before, after, {"host"});
}

TEST_CASE("a class that is new moves the mix, and its demand cannot be told") {
  Synthetic after = long_capture();
  after.classes.push_back("export");
  after.mix = {0.55, 0.25, 0.1, 0.1};
  after.mean.push_back(3e-3);
  const Drift d = between(long_capture(), after, 1);
  CHECK(moved(d) == std::set<std::string>{"mix"});
  bool said = false;
  for (const DriftLine& l : d.captures[0].lines)
    if (l.subject == "export" && l.kind == DriftKind::demand) {
      CHECK(l.verdict == Moved::cannot_tell);
      CHECK_THAT(l.note, ContainsSubstring("before has none of it"));
      said = true;
    }
  CHECK(said);
}

TEST_CASE("few requests cannot tell") {
  Synthetic few;
  few.seconds = 2;
  const Drift d = between({}, few, 1);
  CHECK(d.verdict == Moved::cannot_tell);
  CHECK_THAT(in_words(d), ContainsSubstring("cannot tell"));
}

TEST_CASE("the capture most alike is compared with, unless another is named") {
  Synthetic quiet = long_capture(), busy = long_capture();
  quiet.name = "quiet";
  busy.name = "busy";
  busy.rate = 300;
  std::string text = "[calibration]\n" + to_toml(baseline(quiet, 1)) + "\n" + to_toml(baseline(busy, 2));
  for (std::size_t k = 0; k < quiet.classes.size(); ++k)
    text += "\n[query." + quiet.classes[k] + "]\ncpu = \"" + std::to_string(quiet.mean[k] * 1e6) + "us\"\n";
  const models::Table both = parse_toml(text, "c.toml");
  Synthetic now = long_capture();
  now.rate = 280;
  const CaptureBaseline capture = baseline(now, 3);
  CHECK(drift(both, "c.toml", {capture}).captures[0].against == "busy");
  const Drift other = drift(both, "c.toml", {capture}, {.against = "quiet"});
  CHECK(other.captures[0].against == "quiet");
  CHECK(moved(other).contains("rate"));
  CHECK_THROWS_WITH(drift(both, "c.toml", {capture}, {.against = "quite"}), ContainsSubstring("did you mean quiet?"));
}

TEST_CASE("a baseline reads back from its file as it was") {
  Synthetic s = long_capture();
  s.zipf = 0.9;
  s.probe = 4e-4;
  const CaptureBaseline b = baseline(s, 4);
  const CaptureBaseline read = baselines_of(parse_toml("[calibration]\n" + to_toml(b), "c.toml"), "c.toml").at(0);
  const auto same = [](const LogLevel& x, const LogLevel& y) {
    CHECK(x.known == y.known);
    CHECK(x.value == Approx(y.value).margin(1e-5));
    CHECK(x.error == Approx(y.error).epsilon(1e-4));
    CHECK(x.freedom == Approx(y.freedom).epsilon(1e-4));
  };
  REQUIRE(read.classes.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(read.classes[k].name == b.classes[k].name);
    CHECK(read.classes[k].count == b.classes[k].count);
    same(read.classes[k].p50, b.classes[k].p50);
    same(read.classes[k].p95, b.classes[k].p95);
  }
  same(read.rate, b.rate);
  same(read.zipf, b.zipf);
  REQUIRE(read.dispersion.size() == b.dispersion.size());
  same(read.dispersion[0].level, b.dispersion[0].level);
  CHECK(read.design == Approx(b.design).epsilon(1e-4));
  CHECK(read.load.probe() == Approx(4e-4));
  CHECK(read.load.mix == b.load.mix);
  CHECK(read.load.rate == Approx(b.load.rate).epsilon(1e-5));
}

TEST_CASE("a calibration without baselines, or with newer ones, says what cannot be compared") {
  const CaptureBaseline capture = baseline({}, 1);
  CHECK_THROWS_WITH(drift(parse_toml("[calibration]\nengine = 1\n", "old.toml"), "old.toml", {capture}),
                    ContainsSubstring("neither demand nor mix, rate, dispersion or skew can be compared") &&
                        ContainsSubstring("-o old.toml"));
  std::string newer = "[calibration]\n" + to_toml(capture);
  newer.replace(newer.find("version = 1"), 11, "version = 2");
  CHECK_THROWS_WITH(drift(parse_toml(newer, "new.toml"), "new.toml", {capture}),
                    ContainsSubstring("is 2, and this program reads up to 1"));
  std::string broken = "[calibration]\n" + to_toml(capture);
  broken.replace(broken.find("clients = 32"), 12, "clients = \"x\"");
  CHECK_THROWS_WITH(drift(parse_toml(broken, "b.toml"), "b.toml", {capture}),
                    ContainsSubstring("calibration.baseline.clients"));
}
