// SLOs where requests fail: a percentile is of all attempts, a mean of the others decides nothing, and whatever is
// accepted is judged.

#include <cmath>
#include <memory>

#include "core/skewed_interval.h"
#include "plan/scenario/figure_specs.h"
#include "plan/scenario/settings.h"
#include "plan/study/judge.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "plan/study/slo_rows.h"
#include "tests/plan/scenario_text.h"
#include "tests/plan/shipped_scenarios.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using test::problems;
using test::resolved;

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/small/";

RunOptions replications(int count) {
  RunOptions options;
  options.threads = 1;
  options.stopping = {count, count, 0.05};
  return options;
}

Result answer(const std::string& text, const std::vector<std::string>& sets = {}, int count = 5) {
  return run(resolved(text, sets), replications(count));
}

/// Calls of which so many fail, and nothing else.
std::string failing(const std::string& error_rate, const std::string& conditions) {
  return "[scenario]\nduration = \"40s\"\nwarmup = \"1s\"\n[call.c]\ntime = { exponential = { mean = \"10ms\" } }\n"
         "error_rate = " +
         error_rate +
         "\n[request.r]\nsteps = [{ call = \"c\" }]\n[workload.w]\nkind = \"open\"\nrate = \"100/s\"\nmix = { r = 1 }\n"
         "[slo]\nr = [" +
         conditions + "]\n";
}

/// Of a hundred requests that took 1 to 100 ms, in one window, beside which some failed and some never ended.
struct HandMade {
  core::Recording recording;

  HandMade(double failed, const std::vector<core::Nanos>& inside) {
    static constexpr core::FigureSpec latency{.name = "latency_s", .aggregation = core::Aggregation::histogram};
    static constexpr core::FigureSpec errors{.name = "error_ratio", .aggregation = core::Aggregation::ratio};
    recording.meters = {{{"requests", "r", "error_ratio"}, &errors, 0, 0}, {{"requests", "r", "latency_s"}, &latency}};
    recording.ends = {core::second};
    recording.scalars = {{failed}, {}};
    auto histogram = std::make_unique<core::Histogram>();
    for (int i = 1; i <= 100; ++i) histogram->record(i * core::millisecond);
    recording.histograms = {{}, {histogram->take()}};
    for (const core::Nanos age : inside) histogram->record(age);
    recording.unfinished = {{}, histogram->take()};
  }

  Attempts attempts(const char* metric, double limit) const {
    const Slo slo{"r", metric, true, limit, "", {}};
    return plan::attempts(slo, {{&recording, 0, 1}, {&recording, 0, 1}});
  }
};

TEST_CASE("a percentile of all attempts is that of a higher rank of the completed, and never where too many fail") {
  CHECK(HandMade(0, {}).attempts("p50", 1).percentile.estimate.value == Approx(0.050).epsilon(0.01));
  CHECK(HandMade(10, {}).attempts("p50", 1).percentile.estimate.value == Approx(0.055).epsilon(0.02));
  CHECK(HandMade(100, {}).attempts("p50", 1).percentile.estimate.value == Approx(0.100).epsilon(0.01));
  const Attempts most = HandMade(101, {}).attempts("p50", 1);
  CHECK(most.never);
  CHECK_FALSE(most.percentile.estimate.known);
  CHECK(most.failed.estimate.value == Approx(101.0 / 201));
}

TEST_CASE("a request that is inside for longer than the limit when its run ends is late, and another is not counted") {
  const std::vector<core::Nanos> inside(20, 300 * core::millisecond);
  CHECK(HandMade(0, inside).attempts("p50", 0.2).percentile.estimate.value == Approx(0.060).epsilon(0.01));
  CHECK(HandMade(0, inside).attempts("p50", 0.4).percentile.estimate.value == Approx(0.050).epsilon(0.01));
}

TEST_CASE("errors are a share of those that ended, whenever they came") {
  const auto errors = [](const char* file) {
    return run(resolve(read_draft(data + file)), replications(3)).at({"requests", "a", "error_ratio"});
  };
  CHECK(errors("error_ratio.toml").value == Approx(97.0 / 99).epsilon(1e-9));
  CHECK(errors("error_ratio_zero.toml").value == Approx(0.99).margin(0.002));
  const core::Estimate closed = errors("closed.toml");
  CHECK(closed.value == Approx(0.928).margin(0.02));
  CHECK(closed.hi <= 1);
  CHECK(run(resolve(read_draft(data + "error_ratio_zero.toml")), replications(3)).verdict == Verdict::missed);
}

TEST_CASE("a class that always fails misses every SLO on its latency") {
  const Result result =
      answer(failing("1", "\"p50 < 1s\", \"p95 < 1s\", \"p99 < 1h\", \"mean < 1s\", \"p95 < 1s over completed\""));
  REQUIRE(result.slos.size() == 5);
  for (const SloResult& row : result.slos) CHECK(row.judgement == Judgement::missed);
  CHECK(result.slos[1].never);
  CHECK(result.slos[1].failed.value == 1);
  CHECK(result.verdict == Verdict::missed);
}

TEST_CASE("a latency SLO counts failures, unless it says over completed, and a mean decides nothing where many fail") {
  const Result result = answer(failing("0.1",
                                       "\"p50 < 20ms\", \"p95 < 1s\", \"p95 < 1s over completed\", \"mean < 1s\", "
                                       "\"mean < 1s over completed\", \"errors < 20%\""));
  const auto row = [&](std::size_t i) { return result.slos.at(i); };
  CHECK(row(0).judgement == Judgement::met);
  CHECK(row(0).over == Over::attempts);
  CHECK(row(0).failed.value == Approx(0.1).margin(0.02));
  // The median of all is the rank 0.5 / 0.9 of the completed, which are exponential.
  CHECK(row(0).estimate.value == Approx(-0.01 * std::log(1 - 0.5 / 0.9)).epsilon(0.06));
  CHECK(row(0).estimate.value > result.at({"requests", "r", "latency_s", "p50"}).value);
  CHECK(row(1).judgement == Judgement::missed);
  CHECK(row(1).never);
  CHECK(row(2).judgement == Judgement::met);
  CHECK(row(2).over == Over::completed);
  CHECK(row(3).judgement == Judgement::undecided);
  CHECK(row(4).judgement == Judgement::met);
  CHECK(row(5).judgement == Judgement::met);
  CHECK(row(5).over == Over::none);
}

TEST_CASE("without failures the estimate of all attempts is that of the completed to the last bit") {
  const Result result = answer(failing("0", "\"p95 < 1s\", \"p99 < 1s\", \"p50 < 1s\""));
  for (const SloResult& row : result.slos) {
    const Figure* completed = result.find({"requests", "r", "latency_s", row.text.substr(0, 3)});
    REQUIRE(completed != nullptr);
    CHECK(row.estimate == core::with_skewness(completed->estimate, completed->values, verdict_confidence));
    CHECK_FALSE(row.failed.known);
  }
}

TEST_CASE("what is said over completed reads back, and is refused of what no request fails in") {
  const Scenario scenario = resolved(failing("0", "\"p95 < 100ms over completed\""));
  CHECK(scenario.slos.front().completed);
  CHECK(scenario.slos.front().limit == 0.1);
  const std::vector<Setting> list = settings(canonical_json(scenario));
  CHECK(list.back().value == "< 100ms over completed");
  CHECK_FALSE(canonical_json(resolved(failing("0", "\"p95 < 100ms\""))).find("completed") != std::string::npos);
  CHECK(problems(failing("0", "\"throughput > 1/s over completed\"")).starts_with("14:6 slo.r: "));
  CHECK(problems(failing("0", "\"p95 < 1s over done\"")).starts_with("14:6 slo.r: "));
}

TEST_CASE("what a resource measures while its requests fail says so") {
  const std::string text =
      "[scenario]\nduration = \"20s\"\nwarmup = \"5s\"\n[server.primary]\nkind = \"postgres\"\ncores = 4\n"
      "[pool.app]\nkind = \"fixed\"\nto = \"server.primary\"\nsize = 4\n[query.q]\npool = \"app\"\ncpu = \"50ms\"\n"
      "[request.r]\nsteps = [{ query = \"q\" }]\ntimeout = \"10ms\"\n"
      "[workload.w]\nkind = \"open\"\nrate = \"20/s\"\nmix = { r = 1 }\n"
      "[slo]\n\"server.primary\" = [\"utilization < 90%\"]\n\"query.q\" = [\"throughput < 50/s\"]\n";
  const Result result = answer(text);
  for (const SloResult& row : result.slos) CHECK(row.failed.value == 1);
  const auto w05 = std::find_if(result.warnings.begin(), result.warnings.end(),
                                [](const Warning& warning) { return warning.is("W05"); });
  REQUIRE(w05 != result.warnings.end());
  CHECK(w05->text == "100 % of the requests r fail, most of them by timeout: the latency shown is of the others only");
}

TEST_CASE("an alert on a percentile counts failures, and so does the wait of who gives up") {
  const std::string alert = "[alert.slow]\nwhen = \"r.p95 > 1s\"\nevery = \"5s\"\n";
  const std::string surviving = "[alert.slow]\nwhen = \"r.p95 > 1s over completed\"\nevery = \"5s\"\n";
  CHECK(answer(failing("0.2", "") + alert).alerts.front().fired.value == 1);
  CHECK(answer(failing("0.2", "") + surviving).alerts.front().fired.value == 0);
  const std::string text =
      "[scenario]\nduration = \"20s\"\nwarmup = \"5s\"\n[server.primary]\nkind = \"postgres\"\ncores = 8\n"
      "[pool.app]\nkind = \"asyncpg\"\nto = \"server.primary\"\nmax_size = 1\nmin_size = 1\ntimeout = \"200ms\"\n"
      "[query.q]\npool = \"app\"\ncpu = \"500ms\"\n[request.r]\nsteps = [{ query = \"q\" }]\n"
      "[workload.w]\nkind = \"open\"\nrate = \"20/s\"\nmix = { r = 1 }\n[slo]\n\"pool.app\" = [\"wait_p95 < 100ms\"]\n";
  const Result result = answer(text);
  CHECK(result.at({"pools", "app", "wait_s", "p95"}).value == Approx(0.2).epsilon(0.01));
  CHECK(result.slos.front().judgement == Judgement::missed);
}

TEST_CASE("requests that never end within the run miss an SLO on their latency") {
  const std::string text =
      "[scenario]\nduration = \"20s\"\nwarmup = \"5s\"\n[call.c]\ntime = \"1h\"\n[request.r]\n"
      "steps = [{ call = \"c\" }]\n[workload.w]\nkind = \"open\"\nrate = \"20/s\"\nmix = { r = 1 }\n[slo]\n"
      "r = [\"p95 < 1s\"]\n";
  CHECK(answer(text).slos.front().judgement == Judgement::missed);
}

std::string limit_of(core::Unit unit) {
  return unit == core::Unit::seconds      ? "1s"
         : unit == core::Unit::per_second ? "1/s"
         : unit == core::Unit::ratio      ? "50%"
         : unit == core::Unit::bytes      ? "1MB"
                                          : "1";
}

/// Every condition on every section of a shipped scenario that is accepted.
std::vector<Slo> all_conditions(const std::string& name) {
  const std::string file = std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml";
  const Draft draft = read_draft(file);
  std::vector<Slo> accepted;
  for (const models::Section& section : resolve(draft).sections) {
    const std::string target = section.spec->section == "request" ? section.name : section.path();
    for (const KnownFigure& figure : known_figures()) {
      if (figure.section != section.spec->section) continue;
      std::vector<std::string> leaves = {""};
      if (figure.spec->aggregation == core::Aggregation::histogram) leaves = {"mean", "p95"};
      if (figure.spec->keys != nullptr) leaves = {std::string(figure.spec->keys().front())};
      for (const std::string& leaf : leaves) {
        Draft asked = draft;
        models::Value condition, list, slo;
        condition.where = {file, 1, 1};
        condition.data = Quantity{figure.spec, leaf}.word() + " < " + limit_of(figure.spec->unit);
        models::Table table;
        table.emplace_back(target, condition);
        slo.data = table;
        std::erase_if(asked.document, [](const auto& entry) { return entry.first == "slo"; });
        asked.document.emplace_back("slo", slo);
        try {
          accepted.push_back(resolve(asked).slos.back());
        } catch (const core::InputError& refused) {
          for (const core::Problem& problem : refused.problems()) {
            CHECK(problem.where.line > 0);
            CHECK(problem.key.starts_with("slo."));
          }
        }
      }
    }
  }
  return accepted;
}

TEST_CASE("each condition that is accepted is judged, or named as not simulated, on every kind of target") {
  for (const char* name : {"services", "redis-memory", "embedding-client", "several-bouncers", "web-limits",
                           "background-workers", "batch-inserts", "replicas", "nginx-cache", "idempotency"}) {
    Scenario scenario = test::shipped(name, {"scenario.duration=20s"});
    scenario.slos = all_conditions(name);
    REQUIRE(scenario.slos.size() > 20);
    const Result result = run(scenario, replications(3));
    REQUIRE(result.slos.size() == scenario.slos.size());
    for (std::size_t i = 0; i < result.slos.size(); ++i) {
      const SloResult& row = result.slos[i];
      INFO(name << ": " << row.target << " " << row.text);
      const Figure* figure = result.find(figure_path(row.target, scenario.slos[i].metric));
      const bool named = std::any_of(result.warnings.begin(), result.warnings.end(), [&](const Warning& warning) {
        return warning.is("W42") && warning.text.find(row.text) != std::string::npos &&
               warning.text.find(row.target) != std::string::npos;
      });
      const bool measured = row.estimate.known || row.never || figure != nullptr;
      CHECK((measured || named));
      if (row.judgement == Judgement::undecided && row.estimate.known)
        CHECK(
            (!row.rising.empty() || row.failed.known || (row.estimate.lo < row.limit && row.limit <= row.estimate.hi)));
    }
  }
}

}  // namespace
}  // namespace capplan::plan
