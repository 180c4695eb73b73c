// Comparisons: what is said of two systems, and how often that is wrong. The figures of docs/decisions/005-compare.md
// are measured here.

#include "plan/study/compare.h"

#include <algorithm>
#include <functional>

#include "core/interval.h"
#include "core/moments.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::resolved;

/// A busy server behind a pool; a replication has some 1000 requests and takes about a millisecond.
const std::string service =
    "[scenario]\nname = \"service\"\nduration = \"20s\"\nwarmup = \"2s\"\n"
    "[server.primary]\nkind = \"postgres\"\ncores = 2\n"
    "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n"
    "[query.q]\npool = \"app\"\ncpu = { lognormal = { mean = \"20ms\", cv = 1 } }\n"
    "[request.r]\nsteps = [{ query = \"q\" }]\n"
    "[workload.w]\nkind = \"open\"\nrate = \"60/s\"\nmix = { r = 1 }\n";

/// The same service with its statement under another name, and so with other draws of what it costs.
std::string renamed() {
  std::string text = service;
  text.replace(text.find("query.q"), 7, "query.z");
  text.replace(text.find("query = \"q\""), 11, "query = \"z\"");
  return text;
}

RunOptions rule(int least, int most, double precision = 0.05, std::uint64_t seed = 1) {
  return {.seed = seed, .stopping = {least, most, precision}, .threads = 2, .precision_asked = least < most};
}

Comparison compared(const std::string& a, const std::string& b, const RunOptions& options) {
  return *compare({"A", resolved(a)}, {"B", resolved(b)}, options);
}

Comparison slower(const char* mean, const RunOptions& options) {
  std::string text = service;
  text.replace(text.find("20ms"), 4, mean);
  return compared(service, text, options);
}

bool any_changed(const Comparison& comparison) {
  return std::any_of(comparison.figures.begin(), comparison.figures.end(), [](const FigureChange& figure) {
    return figure.change == Change::better || figure.change == Change::worse;
  });
}

const FigureChange& figure(const Comparison& comparison, const std::vector<std::string>& path) {
  for (const auto* family : {&comparison.figures, &comparison.others})
    for (const FigureChange& each : *family)
      if (each.path == path) return each;
  FAIL("there is no such figure");
  return comparison.figures.front();
}

const std::vector<std::string> mean = {"requests", "r", "latency_s", "mean"};

TEST_CASE("a system compared with itself is the same in every replication") {
  const Comparison comparison = compared(service, service, rule(5, 30));
  CHECK(comparison.paired);
  CHECK(comparison.settings.empty());
  CHECK(comparison.a.result.replications == 5);
  CHECK_FALSE(any_changed(comparison));
  CHECK_THAT(text_table(comparison), ContainsSubstring("A and B give the same figures in every replication"));
}

TEST_CASE("of two systems that differ by luck alone at most one in twenty comparisons says otherwise") {
  int paired = 0, unpaired = 0;
  constexpr int seeds = 200;
  const Scenario a = resolved(service), b = resolved(renamed());
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Comparison together = *compare({"A", a}, {"B", b}, rule(5, 20, 0.1, seed));
    CHECK(together.paired);
    paired += any_changed(together) ? 1 : 0;
    const int count = together.a.result.replications;
    const Result other = run(a, rule(count, count, 0.1, seed + seeds));
    unpaired += any_changed(compare(together.a, {"A again", other})) ? 1 : 0;
  }
  WARN("false alarms in " << seeds << " comparisons: " << paired << " paired, " << unpaired << " unpaired");
  CHECK(paired <= seeds / 20);
  CHECK(unpaired <= seeds / 20);
}

TEST_CASE("three per cent more demand is found with a fraction of the replications that unpaired runs need") {
  constexpr int count = 60;
  const Comparison paired = slower("20.6ms", rule(count, count));
  const RunOptions other = rule(count, count, 0.05, 2);
  const Result b = run(resolved(service, {"query.q.cpu.lognormal.mean=20.6ms"}), other);
  for (const char* name : {"mean", "p50", "p95", "p99"}) {
    const std::vector<std::string> path = {"requests", "r", "latency_s", name};
    const std::vector<double>& first = paired.a.result.find(path)->values;
    const std::vector<double>& second = paired.b.result.find(path)->values;
    std::vector<double> differences(count);
    std::transform(second.begin(), second.end(), first.begin(), differences.begin(), std::minus<>());
    // Replications needed for the same interval go with the variance of a difference.
    const double apart = core::Moments(first).variance() + core::Moments(b.find(path)->values).variance();
    const double factor = apart / core::Moments(differences).variance();
    WARN(name << ": unpaired runs need " << factor << " times the replications");
    CHECK(factor > 5);
  }
  CHECK(figure(paired, mean).change == Change::worse);
  CHECK(figure(slower("20.6ms", rule(5, 5)), mean).change == Change::worse);
  const std::vector<std::string> p99 = {"requests", "r", "latency_s", "p99"};
  CHECK(figure(paired, p99).change == Change::worse);
  CHECK(figure(compare(paired.a, {"B", b}), p99).change != Change::worse);
}

/// A result of ten replications with one figure, and its values.
Result with_values(const std::vector<std::string>& path, const std::vector<double>& values, std::uint64_t seed = 1) {
  Result result;
  result.replications = static_cast<int>(values.size());
  result.seed = seed;
  result.figures = {{{"requests", "r", "completed_per_s"}, {}, {}}, {path, core::mean_interval(values), values}};
  return result;
}

Change change_between(const std::vector<std::string>& path, std::vector<double> a, std::vector<double> b) {
  const Comparison comparison = compare({"A", with_values(path, a)}, {"B", with_values(path, b)});
  return figure(comparison, path).change;
}

TEST_CASE("less time and fewer errors are better and less throughput is worse") {
  const std::vector<double> low = {1.0, 1.1, 0.9, 1.0, 1.05}, high = {2.0, 2.1, 1.9, 2.05, 2.0};
  for (const char* name : {"mean", "p50", "p95", "p99"}) {
    CHECK(change_between({"requests", "r", "latency_s", name}, high, low) == Change::better);
    CHECK(change_between({"requests", "r", "latency_s", name}, low, high) == Change::worse);
  }
  CHECK(change_between({"requests", "r", "error_ratio"}, high, low) == Change::better);
  CHECK(change_between({"servers", "primary", "cpu"}, high, low) == Change::better);
  CHECK(change_between({"pools", "app", "utilization"}, low, high) == Change::worse);
}

TEST_CASE("there is no practical difference only where its whole interval lies within the margin") {
  CHECK(change_between(mean, {1.0, 1.001, 0.999, 1.0}, {1.001, 1.0, 0.999, 1.001}) == Change::same);
  CHECK(change_between(mean, {1.0, 1.01, 0.99, 1.0}, {1.01, 1.0, 0.99, 1.01}) == Change::cannot_tell);
  CHECK(change_between(mean, {1.0, 1.5, 0.5, 1.0}, {1.2, 0.9, 1.4, 0.7}) == Change::cannot_tell);
  CHECK(change_between(mean, {0, 0, 0}, {0, 0, 0}) == Change::same);
  CHECK(change_between(mean, {}, {1, 2, 3}) == Change::cannot_tell);
  // Beyond chance, but of no importance; and important, but within chance.
  CHECK(change_between(mean, {1.0, 1.1, 0.9}, {1.005, 1.105, 0.905}) == Change::same);
  CHECK(change_between(mean, {1.0, 1.1, 0.9}, {1.05, 1.15, 0.95}) == Change::worse);
  CHECK(change_between({"servers", "primary", "cpu"}, {0.5, 0.5, 0.5}, {0.5009, 0.5009, 0.5009}) == Change::same);
}

TEST_CASE("a margin scales and never goes below what a histogram can tell") {
  const std::vector<double> a = {1.0, 1.1, 0.9}, b = {1.03, 1.13, 0.93};
  const auto change = [&](const char* name, double margin) {
    const std::vector<std::string> path = {"requests", "r", "latency_s", name};
    return figure(compare({"A", with_values(path, a)}, {"B", with_values(path, b)}, margin), path).change;
  };
  CHECK(change("p95", 0.01) == Change::worse);
  CHECK(change("p95", 0.05) == Change::same);
  const Comparison fine = compare({"A", with_values(mean, a)}, {"B", with_values(mean, b)}, 0.001);
  CHECK(figure(fine, mean).margin == Approx(0.001));
  const std::vector<std::string> p95 = {"requests", "r", "latency_s", "p95"};
  CHECK(figure(compare({"A", with_values(p95, a)}, {"B", with_values(p95, b)}, 0.001), p95).margin ==
        Approx(1.0 / 128));
}

TEST_CASE("results of other seeds or counts are compared unpaired and it is said") {
  const std::vector<double> a = {1.0, 2.0, 3.0, 4.0}, b = {1.1, 2.1, 3.1, 4.1};
  const Comparison paired = compare({"A", with_values(mean, a)}, {"B", with_values(mean, b)});
  const Comparison seeds = compare({"A", with_values(mean, a)}, {"B", with_values(mean, b, 2)});
  const Comparison counts = compare({"A", with_values(mean, a)}, {"B", with_values(mean, {1.1, 2.1, 3.1})});
  CHECK(paired.paired);
  CHECK(figure(paired, mean).change == Change::worse);
  for (const Comparison* comparison : {&seeds, &counts}) {
    CHECK_FALSE(comparison->paired);
    CHECK(figure(*comparison, mean).change == Change::cannot_tell);
    CHECK_THAT(text_table(*comparison), ContainsSubstring("unpaired"));
  }
}

TEST_CASE("p-values are adjusted for the number of figures") {
  const Comparison comparison = slower("20.6ms", rule(5, 5));
  std::size_t tested = 0;
  for (const FigureChange& each : comparison.figures) {
    CHECK(each.adjusted_p >= each.p);
    tested += each.tested ? 1 : 0;
  }
  CHECK(tested >= 3);
  for (const FigureChange& each : comparison.others) CHECK(each.adjusted_p >= each.p);
}

TEST_CASE("replications are added until the difference is as precise as asked") {
  const Comparison rough = compared(service, renamed(), rule(5, 80, 0.2));
  const Comparison fine = compared(service, renamed(), rule(5, 80, 0.05));
  CHECK(fine.a.result.replications > rough.a.result.replications);
  CHECK(fine.a.result.replications == fine.b.result.replications);
  CHECK(figure(fine, {"requests", "r", "latency_s", "p95"}).relative.half_width() <= 0.05);
}

TEST_CASE("a comparison has the same bytes for any number of threads") {
  RunOptions options = rule(5, 20);
  options.threads = 1;
  const std::string one = to_json(slower("21ms", options));
  options.threads = 4;
  CHECK(to_json(slower("21ms", options)) == one);
}

TEST_CASE("one long replication on either side is compared batch by batch") {
  const Comparison comparison = slower("24ms", rule(1, 1));
  CHECK(comparison.paired);
  CHECK(figure(comparison, mean).change == Change::worse);
}

TEST_CASE("a system without a steady state is called that before anything else") {
  const Comparison comparison = slower("40ms", rule(5, 30));
  CHECK(comparison.a.result.replications == 5);
  CHECK_THAT(text_table(comparison), ContainsSubstring("~ B has no steady state and A has one"));
}

TEST_CASE("the verdict in words names the leading figure and the settings that differ") {
  const std::string text = text_table(slower("22ms", rule(5, 30)));
  CHECK_THAT(text, ContainsSubstring("B is slower: p95 of r rises by "));
  CHECK_THAT(text, ContainsSubstring("query.q.cpu.lognormal.mean"));
  CHECK_THAT(text, ContainsSubstring("paired by their random numbers"));
  CHECK(markdown(slower("22ms", rule(5, 5))).starts_with("## ✗ B is slower"));
}

TEST_CASE("every figure of a comparison is in its CSV and its JSON") {
  const Comparison comparison = slower("22ms", rule(5, 5));
  const std::string rows = csv(comparison);
  CHECK(
      rows.starts_with("path,a,a/lo,a/hi,b,b/lo,b/hi,difference,difference/lo,difference/hi,relative,relative/lo,"
                       "relative/hi,margin,p,adjusted_p,verdict,family\n"));
  CHECK(static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')) ==
        comparison.figures.size() + comparison.others.size() + 1);
  const std::string json = to_json(comparison);
  CHECK_THAT(json, ContainsSubstring("\"schema\": \"capplan.comparison/1\""));
  CHECK_THAT(json, ContainsSubstring("\"verdict\": \"worse\""));
  CHECK_THAT(json, ContainsSubstring("\"key\": \"query.q.cpu.lognormal.mean\""));
}

TEST_CASE("settings that differ are named with both values in their own units") {
  const std::string a = canonical_json(resolved(service));
  const std::string b = canonical_json(resolved(service + "[slo]\nr = [\"p95 < 1s\"]\n",
                                                {"workload.w.rate=90/s", "pool.app.size=8", "scenario.duration=1min"}));
  const std::vector<SettingDifference> differences = setting_differences(a, b);
  const auto has = [&](const SettingDifference& one) {
    return std::find(differences.begin(), differences.end(), one) != differences.end();
  };
  CHECK(differences.size() == 4);
  CHECK(has({"pool.app.size", "4", "8"}));
  CHECK(has({"scenario.duration", "20s", "1min"}));
  CHECK(has({"workload.w.rate", "60/s", "90/s"}));
  CHECK(setting_differences(a, a).empty());
}

}  // namespace
}  // namespace capplan::plan
