// Alerts over hand-made runs, and what joining fine windows leaves of them.

#include "plan/study/alerts.h"

#include "models/system.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using core::Nanos;
using test::problems;
using test::resolved;
using test::small_scenario;

constexpr Nanos s = core::second;

constexpr core::FigureSpec rate_figure{.name = "offered_per_s"};
constexpr core::FigureSpec ratio_figure{.name = "error_ratio", .aggregation = core::Aggregation::ratio};
constexpr core::FigureSpec level_figure{.name = "utilization", .aggregation = core::Aggregation::level};
constexpr core::FigureSpec histogram_figure{.name = "latency_s", .aggregation = core::Aggregation::histogram};

/// A pool of ten connections over windows of a second, so many in use in each.
core::Recording pool_run(const std::vector<double>& in_use) {
  core::Recording recording;
  recording.meters = {{{"pools", "app", "utilization"}, &level_figure, 10}};
  recording.scalars = {in_use};
  recording.histograms.resize(1);
  recording.breakdowns.resize(1);
  for (std::size_t i = 0; i < in_use.size(); ++i) recording.ends.push_back(static_cast<Nanos>(i + 1) * s);
  return recording;
}

Alert above_70(Nanos hold, Nanos every) {
  return {"hot", {"pool.app", "utilization", false, 0.7, "pool.app.utilization > 70%", {}}, hold, every, "warning"};
}

AlertRun watched(const std::vector<double>& in_use, Nanos hold, Nanos every = s) {
  return watch({above_70(hold, every)}, pool_run(in_use), 0).front();
}

RunOptions replications(int count) {
  RunOptions options;
  options.threads = 1;
  options.stopping = {count, count, 0.05};
  return options;
}

TEST_CASE("an alert fires once its condition has held for long enough, and as long as it goes on") {
  //                                    1  2  3  4  5  6  7  8  9 10
  const std::vector<double> in_use = {5, 8, 8, 5, 8, 8, 8, 8, 6, 8};
  AlertRun run = watched(in_use, 2 * s);
  // It holds at 2 and 3, which is for 1 s; then from 5 on: fires at 7, and is over at 9.
  CHECK(run.fired);
  CHECK(run.first_s == 7);
  CHECK(run.firing_s == 2);
  run = watched(in_use, 0);
  CHECK(run.first_s == 2);
  CHECK(run.firing_s == Approx(2 + 4));  // 2 to 4, 5 to 9; at 10 it begins as the run ends
  CHECK_FALSE(watched(in_use, 4 * s).fired);
  CHECK(watched(in_use, 4 * s).firing_s == 0);
  CHECK(watched({7, 7, 7}, 0).fired == false);  // above is not at
}

TEST_CASE("an evaluation sees the average since the one before") {
  const std::vector<double> in_use = {2, 10, 2, 10, 9, 9};  // by twos: 6, 6, 9
  const AlertRun run = watched(in_use, 0, 2 * s);
  CHECK(run.every_s == 2);
  CHECK(run.first_s == 6);
  CHECK(watched(in_use, 0, 1 * s).first_s == 2);
}

TEST_CASE("a percentile is watched in its histogram, a share where there were any, and what is not measured is said") {
  core::Recording recording;
  recording.meters = {{{"requests", "a", "offered_per_s"}, &rate_figure},
                      {{"requests", "a", "error_ratio"}, &ratio_figure, 0, 0},
                      {{"requests", "a", "latency_s"}, &histogram_figure},
                      {{"requests", "b", "latency_s"}, &histogram_figure}};
  recording.scalars = {{10, 0, 10, 10}, {0, 0, 2, 0}, {}, {}};
  recording.histograms.resize(4);
  recording.breakdowns.resize(4);
  for (int w = 0; w < 4; ++w) {
    recording.ends.push_back((w + 1) * s);
    core::Histogram a, b;
    for (int i = 0; i < 100; ++i) {
      a.record(10 * core::millisecond);
      b.record((w == 1 ? 500 : 20) * core::millisecond);
    }
    recording.histograms[2].push_back(a.take());
    recording.histograms[3].push_back(b.take());
  }
  const auto first = [&](const char* target, const char* metric, bool below, double limit) {
    const Alert alert{"x", {target, metric, below, limit, "", {}}, 0, s, "warning"};
    const AlertRun run = watch({alert}, recording, 0).front();
    return !run.modelled ? -1.0 : run.fired ? run.first_s : 0.0;
  };
  CHECK(first("b", "p95", false, 0.1) == 2);
  CHECK(first("a", "p95", false, 0.1) == 0);
  CHECK(first("all", "p95", false, 0.1) == 2);  // both together
  CHECK(first("all", "p50", false, 0.1) == 0);
  CHECK(first("a", "errors", false, 0.1) == 3);  // 2 of 10; the second without requests has no share
  CHECK(first("a", "errors", true, 0.1) == 1);
  CHECK(first("pool.app", "utilization", false, 0.1) == -1);
}

/// A hundred requests of class "a" a minute, so many of them failed in each.
core::Recording failing_run(const std::vector<double>& failed) {
  core::Recording recording;
  recording.meters = {{{"requests", "a", "completed_per_s"}, &rate_figure},
                      {{"requests", "a", "error_ratio"}, &ratio_figure, 0, 0}};
  recording.scalars.resize(2);
  recording.histograms.resize(2);
  recording.breakdowns.resize(2);
  for (const double count : failed) {
    recording.scalars[0].push_back(100 - count);
    recording.scalars[1].push_back(count);
    recording.ends.push_back(static_cast<Nanos>(recording.scalars[0].size()) * 60 * s);
  }
  return recording;
}

std::vector<double> minutes(int good, int bad, double failed, int good_again = 0) {
  std::vector<double> all(static_cast<std::size_t>(good + bad + good_again));
  std::fill(all.begin() + good, all.begin() + good + bad, failed);
  return all;
}

AlertRun burning(const std::vector<double>& failed, double rate, int long_minutes, int short_minutes) {
  const Slo condition{"budget.b", "burn_rate", false, rate, "", {}};
  const BurnRate burn{"a", 0.999, 0, long_minutes * 60 * s, short_minutes * 60 * s};
  return watch({{"x", condition, 0, 60 * s, "critical", burn}}, failing_run(failed), 0).front();
}

TEST_CASE("a burn rate is detected after its window x rate x what is allowed, and is over soon after its cause") {
  // 14.4 over an hour: an outage after 0.001 x 3600 s x 14.4 = 52 s, one request in ten 518 s; each minute a look.
  AlertRun run = burning(minutes(120, 20, 100, 60), 14.4, 60, 5);
  CHECK(run.first_s == Approx(121 * 60));
  // The long window would go on for an hour; the short one is clean five minutes after the end.
  CHECK(run.firing_s == Approx((145 - 121) * 60));
  run = burning(minutes(120, 20, 10, 60), 14.4, 60, 5);
  CHECK(run.first_s == Approx(129 * 60));                            // 9 of 60 minutes: 15
  CHECK(run.firing_s == Approx((145 - 129) * 60));                   // at 144 one minute of five is bad: 20
  CHECK_FALSE(burning(minutes(120, 20, 1, 60), 14.4, 60, 5).fired);  // 20/60 x 10 = 3.3
  // 6 over six hours: 0.01 / 0.1 of them, which is 36 minutes less the first over; 1 over three days and 6 hours.
  CHECK(burning(minutes(400, 60, 6, 60), 6, 360, 30).first_s == Approx((400 + 37) * 60));      // 37/360 x 60 = 6.17
  CHECK(burning(minutes(4320, 60, 10, 0), 1, 4320, 360).first_s == Approx((4320 + 44) * 60));  // 44/4320 x 100 = 1.02
}

TEST_CASE("both windows of a burn rate must be too high") {
  // Two bad minutes in an hour: 33 over it, and clean in the last five.
  const std::vector<double> failed = minutes(60, 2, 100, 30);
  const AlertRun run = burning(failed, 14.4, 60, 5);
  CHECK(run.first_s == Approx(61 * 60));
  CHECK(run.firing_s == Approx((67 - 61) * 60));
  CHECK(burning(failed, 14.4, 60, 60).firing_s == Approx((92 - 61) * 60));  // one window alone, to the end of the run
  CHECK_FALSE(burning(failed, 34, 60, 5).fired);
}

TEST_CASE("before the run as many requests came and all were good") {
  CHECK(burning(minutes(0, 30, 10, 0), 14.4, 60, 5).first_s == Approx(9 * 60));
  CHECK_FALSE(burning(minutes(0, 8, 10, 0), 14.4, 60, 5).fired);
}

TEST_CASE("a burn rate is of a budget, and the workbook's three are a preset") {
  const std::string with_budget = small_scenario + "[budget.b]\nobjective = \"99.9%\"\nlatency = \"100ms\"\n";
  const auto said = [&](const std::string& keys) { return problems(with_budget + "[alert.a]\n" + keys); };
  CHECK(said("when = \"budget.b.burn_rate > 14.4\"\nlong_window = \"1h\"\nshort_window = \"5min\"\n").empty());
  CHECK(said("when = \"budget.b.burn_rate > 14.4\"\nlong_window = \"1min\"\nshort_window = \"5min\"\n")
            .find("alert.a.short_window: must not be above long_window") != std::string::npos);
  CHECK(said("when = \"budget.c.burn_rate > 14.4\"\n").find("did you mean budget.b?") != std::string::npos);
  CHECK(said("when = \"pool.main.utilization > 70%\"\nlong_window = \"1h\"\n")
            .find("alert.a.long_window: is of a burn rate") != std::string::npos);
  CHECK(said("preset = \"sre-workbook\"\nshort_window = \"1h\"\n").find("is set by the preset") != std::string::npos);
  CHECK(problems(with_budget + "[slo]\n\"budget.b\" = [\"burn_rate < 1\"]\n").find("is spent over time") !=
        std::string::npos);

  // Requests of 3 ms and more against a budget of 1 ms: all are bad, over an hour too, from the first second on.
  const std::string slow =
      small_scenario + "[budget.b]\nobjective = \"90%\"\nlatency = \"1us\"\nrequest = \"search\"\n";
  const Result result = run(resolved(slow + "[alert.burn]\npreset = \"sre-workbook\"\nevery = \"1s\"\n"
                                            "[alert.fast]\nwhen = \"budget.b.burn_rate > 9.9\"\nevery = \"1s\"\n"
                                            "long_window = \"10s\"\n",
                                     {"scenario.duration=20s"}),
                            replications(3));
  REQUIRE(result.alerts.size() == 4);
  CHECK(result.alerts[0].name == "burn.page_1h");
  CHECK(result.alerts[0].when == "budget.b.burn_rate > 14.4 over 1h and 5min");
  CHECK(result.alerts[1].when == "budget.b.burn_rate > 6 over 6h and 30min");
  CHECK(result.alerts[2].when == "budget.b.burn_rate > 1 over 3d and 6h");
  for (int i = 0; i < 3; ++i) CHECK(result.alerts[static_cast<std::size_t>(i)].fired.value == 0);  // 20 s of an hour
  CHECK(result.alerts[3].fired.value == 1);
  CHECK(result.alerts[3].first_s.value == Approx(10));
  CHECK(result.alerts[3].firing_s.value == Approx(10));
}

TEST_CASE("alerts over several runs have a probability, a time of their first firing and a total") {
  std::vector<AlertRun> runs(10);
  for (int i = 0; i < 4; ++i) runs[static_cast<std::size_t>(i)] = {true, 1, true, 100.0 + i, 10};
  const AlertResult result = summarise(above_70(60 * s, s), runs);
  CHECK(result.fired.value == Approx(0.4));
  CHECK(result.fired.lo == Approx(0.168).margin(0.001));  // Wilson, 4 of 10
  CHECK(result.fired.hi == Approx(0.687).margin(0.001));
  CHECK(result.first_s.value == Approx(101.5));
  CHECK(result.firing_s.value == Approx(4));
  CHECK(result.for_s == 60);
}

TEST_CASE("watching a run changes none of its figures") {
  const std::string text = small_scenario;
  const Result plain = run(resolved(text, {"scenario.duration=20s"}), replications(3));
  const Result watched = run(resolved(text + "[alert.busy]\nwhen = \"pool.main.utilization > 1%\"\nevery = \"1s\"\n",
                                      {"scenario.duration=20s"}),
                             replications(3));
  REQUIRE(plain.figures.size() == watched.figures.size());
  for (std::size_t i = 0; i < plain.figures.size(); ++i) {
    CHECK(plain.figures[i].path == watched.figures[i].path);
    CHECK(plain.figures[i].estimate.value == Approx(watched.figures[i].estimate.value).epsilon(1e-12));
  }
  REQUIRE(watched.alerts.size() == 1);
  CHECK(watched.alerts[0].fired.value == 1);
  CHECK(watched.alerts[0].every_s == Approx(1));
  CHECK(watched.alerts[0].first_s.value == Approx(1));
  CHECK(watched.alerts[0].firing_s.value == Approx(19));
  CHECK(watched.profile.ends_s == plain.profile.ends_s);
  CHECK(result_from_json(to_json(watched), "x").alerts == watched.alerts);
  CHECK(to_json(plain).find("\"alerts\"") == std::string::npos);
}

TEST_CASE("alerts that cannot be watched are refused") {
  const auto said = [](const std::string& when) {
    return problems(small_scenario + "[alert.a]\nwhen = \"" + when + "\"\n");
  };
  CHECK(said("pool.main.utilization > 70%").empty());
  CHECK(said("search.p(99.9) > 1s").empty());
  CHECK(said("all.errors > 1%").empty());
  CHECK(said("pool.main.waiting > 5").empty());
  CHECK(said("p99 > 1s").find("21:8 alert.a.when: must be TARGET.METRIC") != std::string::npos);
  CHECK(said("pool.mian.utilization > 70%").find("did you mean pool.main?") != std::string::npos);
  CHECK(said("pool.main.use > 70%").find("no metric of a pool") != std::string::npos);
  CHECK(said("pool.main.waiting > 5%").find("is no number") != std::string::npos);
  CHECK(problems(small_scenario + "[alert.a]\n").find("alert.a.when: is required") != std::string::npos);
}

}  // namespace
}  // namespace capplan::plan
