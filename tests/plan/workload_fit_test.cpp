// What is said of a load, on loads made to be so: tests that find nothing where there is nothing as often as they
// should, and figures whose intervals hold what was put in. Limits of counts over seeds are four standard deviations of
// a binomial.

#include "plan/fit/workload_fit.h"

#include "plan/fit/workload_file.h"
#include "plan/format/document.h"
#include "tests/plan/scratch_file.h"
#include "tests/plan/synthetic_capture.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using test::Synthetic;
using test::synthetic;

namespace {

WorkloadFit fitted(const Synthetic& s, std::uint64_t seed) {
  const test::SyntheticCapture c = synthetic(s, seed);
  return fit_workload(c.manifest, c.log, c.keys);
}

bool holds(const core::Estimate& e, double truth) { return e.known && e.lo <= truth && truth <= e.hi; }

/// The most that a count of events of probability p in n trials should be.
double most_of(int n, double p) { return n * p + 4 * std::sqrt(n * p * (1 - p)); }

}  // namespace

TEST_CASE("a steady Poisson load with one mix is called so, as often as the tests' levels say") {
  constexpr int seeds = 200;
  int trend = 0, wander = 0, mix = 0, classes = 0, durations = 0;
  std::vector<int> outside(3, 0);
  for (int seed = 0; seed < seeds; ++seed) {
    const WorkloadFit w = fitted({.seconds = 30}, static_cast<std::uint64_t>(seed));
    trend += w.course.trend_p < 0.05;
    wander += w.course.wander_p < 0.05;
    mix += w.mix_course.p < 0.05;
    classes += w.sequence.classes_p < 0.05;
    durations += w.sequence.durations_p < 0.05;
    REQUIRE(w.scales.size() == 2);  // 100 ms and 1 s; fewer than ten whole 10 s windows
    for (std::size_t i = 0; i < w.scales.size(); ++i) outside[i] += !holds(w.scales[i].dispersion, 1);
  }
  CHECK(trend <= most_of(seeds, 0.05));
  CHECK(wander <= most_of(seeds, 0.05));
  CHECK(mix <= most_of(seeds, 0.05));
  CHECK(classes <= most_of(seeds, 0.05));
  CHECK(durations <= most_of(seeds, 0.05));
  for (const int n : outside) CHECK(n <= most_of(seeds, 0.05));
}

TEST_CASE(
    "a rate that grows has a trend of that size, one that wanders is not steady, and bursts show at their scale") {
  const WorkloadFit growing = fitted({.growth = 0.5}, 1);
  CHECK(holds(growing.course.growth, 0.5));
  CHECK(growing.course.trend_p < 1e-3);
  const WorkloadFit wandering = fitted({.bursts = 0.5, .turn = 5}, 1);
  CHECK(wandering.course.wander_p < 1e-3);
  const WorkloadFit bursts = fitted({.bursts = 0.8, .turn = 0.2}, 1);
  // Turns of mean b make dispersion 1 + rate x bursts^2 x b in windows that are long against them (Cox and Isham 1980).
  CHECK(bursts.scales.back().scale == 1);
  CHECK(holds(bursts.scales.back().dispersion, 1 + 150 * 0.8 * 0.8 * 0.2));
  CHECK(bursts.scales.front().dispersion.value < bursts.scales.back().dispersion.value);
}

TEST_CASE("a mix that changes in the middle drifts, and the class that does is named") {
  test::SyntheticCapture c = synthetic({}, 3);
  for (std::size_t i = c.log.size() / 2; i < c.log.size(); ++i)
    if (c.log.klass[i] == 1 && i % 3 == 0) c.log.klass[i] = 2;
  const WorkloadFit w = fit_workload(c.manifest, c.log);
  CHECK(w.mix_course.p < 1e-3);
  CHECK(w.mix_course.most == "scan");
  CHECK(w.mix_course.greatest > 0.17);
}

TEST_CASE("likeness of neighbours is found at its size") {
  const WorkloadFit w = fitted({.alike = 0.3, .sticky = 0.2}, 5);
  CHECK(holds(w.sequence.durations, 0.3));
  CHECK(w.sequence.durations_p < 1e-6);
  CHECK(holds(w.sequence.repeats, 0.2 * (1 - 0.36 - 0.09 - 0.01)));
  CHECK(w.sequence.classes_p < 1e-6);
  CHECK_FALSE(w.sequence.think);
}

TEST_CASE("the think time of a closed load is the rest between answers and requests") {
  test::SyntheticCapture c;
  c.manifest.load = CaptureManifest::Load::closed;
  c.manifest.duration = 60 * core::second;
  c.log.classes = {"read"};
  c.log.skipped = c.log.failed = {0};
  core::Stream stream(1, 0, "think", "time");
  for (int client = 0; client < 20; ++client)
    for (core::Nanos t = 0; t < c.manifest.duration;) {
      c.log.client.push_back(client);
      c.log.klass.push_back(0);
      c.log.duration_ns.push_back(2 * core::millisecond);
      c.log.lag_ns.push_back(0);
      t += 2 * core::millisecond;
      c.log.finish_ns.push_back(t);
      t += core::to_nanos(0.1 * stream.exponential());
    }
  const WorkloadFit w = fit_workload(c.manifest, c.log);
  REQUIRE(w.sequence.think);
  CHECK_FALSE(w.sequence.think->none);
  CHECK(holds(w.sequence.think->mean, 0.1));
  CHECK(w.sequence.think->distribution.cv() == Approx(1).epsilon(0.1));
  CHECK(models::find(workload_details(w), "think") != nullptr);
}

TEST_CASE("Zipf's exponent is found within its interval") {
  for (const double s : {0.8, 0.9, 1.1}) {
    INFO(s);
    constexpr int seeds = 60;
    int outside = 0;
    double mean = 0;
    for (int seed = 0; seed < seeds; ++seed) {
      const KeyFit fit = *fitted({.rate = 300, .zipf = s}, static_cast<std::uint64_t>(seed)).keys;
      outside += !holds(fit.zipf, s);
      mean += fit.zipf.value / seeds;
      CHECK(fit.distance < 0.05);
    }
    CHECK(mean == Approx(s).epsilon(0.02));  // ranks of the sample: a little too great
    CHECK(outside <= most_of(seeds, 0.10));
  }
}

TEST_CASE("keys that follow no power law are said not to, and the working set grows as it does") {
  std::vector<std::uint64_t> two_kinds, fresh, few;
  core::Stream stream(2, 0, "keys", "which");
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    two_kinds.push_back(stream.uniform() < 0.5 ? stream.below(20) : 100 + stream.below(300));
    fresh.push_back(i);
    few.push_back(stream.below(50));
  }
  const KeyFit fit = fit_keys(two_kinds);
  CHECK(fit.distance > 0.05);
  CHECK(goodness_of(fit).find("does not follow") == 0);
  CHECK_FALSE(fit_keys(fresh).zipf.known);
  CHECK(fit_keys(fresh).heaps.value == Approx(1));
  CHECK(fit_keys(few).heaps.value == Approx(0).margin(1e-9));
  CHECK(fit_keys(few).zipf.value < 0.1);
}

TEST_CASE("the statistics stand in the calibration file's workload as a scenario spells them") {
  const WorkloadFit w = fitted({.rate = 300, .zipf = 0.9}, 7);
  std::string text;
  for (const auto& [key, value] : workload_details(w)) text += key + " = " + write_toml_value(value) + "\n";
  const models::Table table = parse_toml(text, "workload.toml");
  const auto& keys = std::get<models::Table>(models::find(table, "keys")->data);
  CHECK(std::get<double>(models::find(keys, "zipf")->data) == Approx(w.keys->zipf.value).epsilon(1e-5));
  CHECK(std::get<std::int64_t>(models::find(keys, "count")->data) == w.keys->distinct);
  for (const char* key : {"course", "dispersion_by_scale", "mix_course", "sequence", "key_fit"}) {
    INFO(key);
    CHECK(models::find(table, key) != nullptr);
  }
  CHECK(workload_sentences(w).size() == 6);
}

TEST_CASE("a manifest names the file of its keys, from where it stands") {
  const test::ScratchFile keys("key\n7\n9\n7\n", ".keys");
  const test::ScratchFile manifest(
      "[capture]\nname = \"k\"\nformat = \"pgbench\"\nlog = \"k.log\"\nkeys = \"" +
          std::filesystem::path(keys.path()).filename().string() +
          "\"\nclasses = [\"read\"]\nduration = \"10s\"\n[load]\nkind = \"closed\"\nclients = "
          "1\n[system]\nconnections = 1\ncores = 1\n",
      ".toml");
  CHECK(keys_of(read_manifest(manifest.path())) == std::vector<std::uint64_t>{7, 9, 7});
  CHECK(read_manifest(manifest.path()).warnings.empty());
  CHECK(keys_of(synthetic({}, 1).manifest).empty());
}
