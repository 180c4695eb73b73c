// The shapes that charts show agree with the figures that are quoted.

#include "plan/study/profile.h"

#include <numeric>

#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

/// Two classes over a pool that is busy 80 %.
const std::string busy_pool =
    "[scenario]\nduration = \"200s\"\nwarmup = \"20s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 64\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n"
    "[query.q]\npool = \"app\"\ncpu = { exponential = { mean = \"10ms\" } }\n"
    "[request.read]\nsteps = [{ query = \"q\" }]\n"
    "[request.list]\nsteps = [{ query = \"q\", times = 2 }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"213/s\"\nmix = { read = 1, list = 1 }\n";

const Result& result() {
  static const Result result = [] {
    RunOptions options;
    options.stopping = {5, 5, 0.05};
    return run(test::resolved(busy_pool), options);
  }();
  return result;
}

double sum(const Breakdown& breakdown) {
  double total = 0;
  for (const auto& [stage, seconds] : breakdown.stages_s) total += seconds;
  return total;
}

TEST_CASE("the spectrum runs through the percentiles that are quoted") {
  for (const Spectrum& spectrum : result().profile.spectra) {
    INFO(spectrum.request);
    REQUIRE(spectrum.latency_s.size() >= 12);
    CHECK(std::is_sorted(spectrum.latency_s.begin(), spectrum.latency_s.end()));
    CHECK(spectrum.latency_s[5] ==
          Approx(result().at({"requests", spectrum.request, "latency_s", "p50"}).value).epsilon(0.02));
    CHECK(spectrum.latency_s[10] ==
          Approx(result().at({"requests", spectrum.request, "latency_s", "p95"}).value).epsilon(0.03));
  }
}

TEST_CASE("stages add up to the mean, and near a percentile to about that percentile") {
  std::size_t seen = 0;
  for (const Breakdown& breakdown : result().profile.breakdowns) {
    INFO(breakdown.request << " " << breakdown.near);
    const double quoted = result().at({"requests", breakdown.request, "latency_s", breakdown.near}).value;
    CHECK(sum(breakdown) == Approx(quoted).epsilon(breakdown.near == "mean" ? 0.01 : 0.26));
    ++seen;
  }
  CHECK(seen == 12);  // mean, p50, p95 and p99 of read, list and all
}

TEST_CASE("slow requests wait for the pool longer than the mean one") {
  const auto wait = [](const std::string& near) {
    for (const Breakdown& breakdown : result().profile.breakdowns)
      for (const auto& [stage, seconds] : breakdown.stages_s)
        if (breakdown.request == "all" && breakdown.near == near && stage == "pool_wait") return seconds;
    return 0.0;
  };
  CHECK(wait("p95") > 2 * wait("mean"));
}

TEST_CASE("over time every window has a value, and they average to the figure") {
  const Profile& profile = result().profile;
  REQUIRE(profile.ends_s.size() == 41);  // the warm-up's own, and forty
  CHECK(profile.ends_s.front() == 20);
  for (const Series& series : profile.series) {
    REQUIRE(series.values.size() == profile.ends_s.size());
    if (series.path.back() != "utilization") continue;
    double total = 0;
    for (std::size_t w = 1; w < series.values.size(); ++w) total += series.values[w];
    CHECK(total / 40 == Approx(result().at(series.path).value).epsilon(0.01));
  }
}

TEST_CASE("a real profile is read back equal and written again the same") {
  const std::string text = to_json(result());
  CHECK(result_from_json(text, "x") == result());
  CHECK(to_json(result_from_json(text, "x")) == text);
}

}  // namespace
}  // namespace capplan::plan
