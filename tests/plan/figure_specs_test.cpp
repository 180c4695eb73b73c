// What is measured is said once: every figure of every shipped scenario has a spec, can be judged and is compared, and
// the words of conditions lead to it and back.

#include "plan/scenario/figure_specs.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "plan/report/figures_text.h"
#include "plan/report/tables.h"
#include "plan/scenario/condition.h"
#include "plan/study/compare.h"
#include "plan/study/figure_text.h"
#include "plan/study/judge.h"
#include "plan/study/runner.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::problems;
using test::resolved;
using test::small_scenario;
using Path = std::vector<std::string>;

/// The figures of a kept answer of a shipped scenario: a line each, "path: value lo hi values [a b c]".
Result kept_result(const std::filesystem::path& file) {
  Result result;
  result.replications = 3;
  result.duration_s = 60;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(": ");
    if (line.size() < 2 || line[0] != '"' || colon == std::string::npos) continue;
    Path path;
    std::istringstream parts(line.substr(1, colon - 1));
    for (std::string part; std::getline(parts, part, '/');) path.push_back(part);
    if (path.size() < 3 || section_of_group(path[0]).empty() || path[0] == "budgets") continue;
    Figure figure{path, {}};
    std::istringstream numbers(line.substr(colon + 2));
    figure.estimate.known =
        static_cast<bool>(numbers >> figure.estimate.value >> figure.estimate.lo >> figure.estimate.hi);
    if (figure.estimate.known) figure.values.assign(3, figure.estimate.value);
    result.figures.push_back(std::move(figure));
  }
  return result;
}

FigureChoice chosen(std::vector<std::string> patterns) { return FigureChoice(std::move(patterns)); }

/// A kind of figure: its path without the component, and without the key of one that has many.
std::string kind_of(const Path& path) {
  const core::FigureSpec* spec = spec_of(path);
  if (spec && spec->keys) return path[0] + "/" + std::string(spec->name);
  std::string kind = path[0];
  for (std::size_t i = 2; i < path.size(); ++i) kind += "/" + path[i];
  return kind;
}

TEST_CASE("every figure of every shipped scenario has a spec, can be judged and is compared") {
  std::set<std::string> all, judged, compared;
  const std::filesystem::path folder = std::filesystem::path(CAPPLAN_SOURCE_DIR) / "tests/golden/numbers";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const Result result = kept_result(file.path());
    if (result.figures.empty() || file.path().stem().string().starts_with("compare")) continue;
    for (const Figure& figure : result.figures) {
      all.insert(kind_of(figure.path));
      const core::FigureSpec* spec = spec_of(figure.path);
      INFO(file.path().stem().string() << " " << kind_of(figure.path));
      REQUIRE(spec != nullptr);
      const std::string target = target_of(figure.path), word = Quantity{spec, leaf_of(figure.path)}.word();
      CHECK(figure_path(target, word) == figure.path);
      if (measured({target, word, true, 1, "", {}}, result)) judged.insert(kind_of(figure.path));
    }
    const Comparison comparison = compare({"A", result}, {"B", result}, 0.05);
    for (const auto* family : {&comparison.figures, &comparison.others})
      for (const FigureChange& change : *family) compared.insert(kind_of(change.path));
  }
  CHECK(all.size() >= 171);
  CHECK(judged == all);
  CHECK(compared == all);
}

TEST_CASE("every figure says what it is, and no two of a group have a name or a word in common") {
  std::set<std::string> names, words;
  for (const KnownFigure& figure : known_figures()) {
    INFO(figure.group << "/" << figure.spec->name);
    CHECK_FALSE(figure.spec->help.empty());
    CHECK(names.insert(figure.group + "/" + std::string(figure.spec->name)).second);
    const bool of_cpu = figure.group == "bouncers" && figure.spec->name == "utilization";
    CHECK((words.insert(figure.group + "/" + condition_word(figure)).second || of_cpu));
    CHECK((figure.spec->aggregation == core::Aggregation::histogram || figure.spec->statistics.empty()));
  }
}

TEST_CASE("a metric is named by its word, by its name, or with a key") {
  const auto below = [](const char* section, const char* metric) {
    const auto quantity = find_quantity(section, metric);
    return quantity ? quantity->path() : Path{};
  };
  CHECK(below("request", "p95") == Path{"latency_s", "p95"});
  CHECK(below("request", "latency_p95") == Path{"latency_s", "p95"});
  CHECK(below("request", "latency_s/p95") == Path{"latency_s", "p95"});
  CHECK(below("request", "errors") == Path{"error_ratio"});
  CHECK(below("request", "errors[query_wait_timeout]") == Path{"errors", "query_wait_timeout"});
  CHECK(below("request", "errors[asyncpg TimeoutError]") == Path{"errors", "asyncpg TimeoutError"});
  CHECK(below("request", "stages[pool_wait]") == Path{"stages_s", "pool_wait"});
  CHECK(below("request", "repeated") == Path{"idempotency", "repeated_ratio"});
  CHECK(below("request", "errors[no such error]").empty());
  CHECK(below("query", "throughput") == Path{"executed_per_s"});
  CHECK(below("server", "utilization") == Path{"cpu"});
  CHECK(below("server", "cpu") == Path{"cpu"});
  CHECK(below("server", "oom_kills") == Path{"oom_kills_per_s"});
  CHECK(below("container", "utilization_peak") == Path{"cpu_peak"});
  CHECK(below("pool", "p95").empty());
  CHECK(metric_of("P(99) < 60ms") == "p99");
  CHECK(metric_of("errors[asyncpg TimeoutError]=0") == "errors[asyncpg TimeoutError]");
  CHECK(unit_of_condition("server.primary", "connections < 80%", 0.8) == Unit::ratio);
  CHECK(unit_of_condition("server.primary", "connections < 80", 80) == Unit::count);
}

TEST_CASE("a figure that is not known is named by its path") {
  CHECK(spec_of({"pools", "app", "spin_s", "p95"}) == nullptr);
  CHECK(word_of({"pools", "app", "spin_s", "p95"}) == "spin_s/p95");
  CHECK(subject_of({"reactors", "one", "heat_ratio"}) == "reactors one");
  CHECK(unit_of({"pools", "app", "spin_s", "p95"}) == Unit::seconds);
  Result result = test::sample_result();
  result.figures.push_back({{"pools", "app", "spin_s", "p95"}, test::about(0.001, 0.0001)});
  result.figures.push_back({{"reactors", "one", "heat_ratio"}, test::about(0.5, 0.01)});
  const std::string text = text_table(result);
  CHECK_THAT(text, ContainsSubstring("spin_s/p95") && ContainsSubstring("heat_ratio"));
}

TEST_CASE("conditions are of one of several hosts, of keys, of counts, and of nothing that is not there") {
  const auto said = [](const std::string& target, const std::string& condition) {
    return problems(small_scenario +
                    "[server.replica]\nkind = \"postgres\"\nlike = \"primary\"\nreplicas = 2\n[slo]\n\"" + target +
                    "\" = [\"" + condition + "\"]\n");
  };
  CHECK(said("server.replica.2", "utilization < 70%").empty());
  CHECK_THAT(said("server.replica.3", "utilization < 70%"),
             ContainsSubstring("names no request class and no resource"));
  CHECK_THAT(said("server.replica.1", "commits < 1/s"), ContainsSubstring("measured of all together, not of each"));
  CHECK(said("search", "errors[query_wait_timeout] < 0.1%").empty());
  CHECK_THAT(said("all", "errors[query_wait_timeout] < 0.1%"), ContainsSubstring("is not measured of all together"));
  CHECK(said("server.primary", "refused_connections = 0").empty());
  CHECK(said("search", "errors = 0").empty());
  CHECK_THAT(said("search", "errors = 1%"), ContainsSubstring("= 0 can be written"));
  CHECK_THAT(said("search", "p95 = 0"), ContainsSubstring("= 0 can be written"));
  CHECK(said("pool.main", "connections < 8").empty());
  CHECK_THAT(problems(small_scenario + "[alert.a]\nwhen = \"server.primary.hit_ratio < 90%\"\n"),
             ContainsSubstring("21:8 alert.a.when: hit_ratio is computed after the run"));
}

TEST_CASE("the throughput of a query is judged") {
  const std::string text = small_scenario + "[slo]\n\"query.load\" = [\"throughput > 10/s\", \"throughput < 10/s\"]\n" +
                           "search = [\"errors[query_wait_timeout] = 0\", \"errors[query_wait_timeout] < 1%\"]\n" +
                           "\"pool.main\" = [\"timeouts = 0\"]\n";
  const Result result = run(resolved(text, {"scenario.duration=20s"}), {.stopping = {3, 3, 0.05}, .threads = 1});
  REQUIRE(result.slos.size() == 5);
  CHECK(result.slos[0].judgement == Judgement::met);
  CHECK(result.slos[0].estimate.value == Approx(1000).epsilon(0.1));
  CHECK(result.slos[1].judgement == Judgement::missed);
  CHECK(result.slos[2].judgement == Judgement::met);
  CHECK(result.slos[3].judgement == Judgement::met);
  CHECK(result.slos[3].estimate.hi > 0);
  CHECK(result.slos[4].judgement == Judgement::met);
  CHECK(result.slos[4].estimate.value == 0);
  CHECK(result.slos[4].estimate.hi == Approx(3.0 / (3 * (result.duration_s - result.warmup_s))).epsilon(0.01));
}

TEST_CASE("what must never be seen is missed where it was") {
  Result result;
  result.duration_s = 60;
  result.replications = 3;
  result.figures = {{{"servers", "primary", "oom_kills_per_s"}, {0.01, 0, 0.03, true}}};
  Slo slo{"server.primary", "oom_kills", true, 0, "oom_kills = 0", {}};
  slo.none = true;
  CHECK(judge(slo, result).judgement == Judgement::missed);
}

TEST_CASE("a figure of one side alone is zero on the other, unless that has no such component") {
  Comparison sample = test::sample_comparison();
  Result a = sample.a.result, b = sample.b.result;
  b.figures.push_back(
      {{"servers", "primary", "oom_kills_per_s"}, {0.5, 0.4, 0.6, true}, {0.5, 0.48, 0.52, 0.49, 0.51}});
  b.figures.push_back({{"caches", "memory", "hit_ratio"}, {0.5, 0.4, 0.6, true}, {0.5, 0.48, 0.52, 0.49, 0.51}});
  const Comparison comparison = compare({"A", a}, {"B", b}, 0.05);
  const auto change = [&](const Path& path) {
    for (const FigureChange& each : comparison.others)
      if (each.path == path) return each;
    FAIL("is not compared");
    return FigureChange{};
  };
  CHECK(change({"servers", "primary", "oom_kills_per_s"}).change == Change::worse);
  CHECK(change({"servers", "primary", "oom_kills_per_s"}).a.known);
  CHECK(change({"caches", "memory", "hit_ratio"}).change == Change::only_b);
  CHECK(change({"pools", "app", "waiting"}).change == Change::worse);
  const std::string text = text_table(comparison);
  CHECK_THAT(text, ContainsSubstring("also worse: ") && ContainsSubstring("kills/s"));
  CHECK_THAT(text, ContainsSubstring("only in B: cache memory"));
}

TEST_CASE("figures are chosen by word, name, path or target, with patterns") {
  const auto takes = [](const char* pattern, const Path& path) { return chosen({pattern}).takes(path); };
  const Path wait = {"pools", "app", "wait_s", "p95"};
  for (const char* pattern : {"wait_p95", "wait_s", "wait_s/p95", "pools/app/*", "pool.app.wait_p95", "wait_p9?", "w*"})
    CHECK(takes(pattern, wait));
  for (const char* pattern : {"wait_p99", "pools/other/*", "waiting", "p95"}) CHECK_FALSE(takes(pattern, wait));
  CHECK_THROWS_WITH(chosen({"wait_p96"}), ContainsSubstring("did you mean wait_p9"));
  const Result result = test::sample_result();
  const std::string text = text_table(result, {.figures = chosen({"waiting", "p99"})});
  CHECK_THAT(text, ContainsSubstring("waiting") && ContainsSubstring("41.2ms") && !ContainsSubstring("done/s"));
  CHECK(csv(result, chosen({"waiting"})) == "path,value,lo,hi\npools/app/waiting,2.4,2.3,2.5\n");
  CHECK_THAT(csv(test::sample_sweep(), chosen({"waiting"})), !ContainsSubstring("latency_s"));
  CHECK_THAT(text_table(test::sample_sweep(), {.figures = chosen({"waiting"})}), ContainsSubstring("pool app"));
}

}  // namespace
}  // namespace capplan::plan
