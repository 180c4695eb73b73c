// What a sweep names: by how much the least setting meets its SLOs, what stands in the way where none does, and that a
// point of another regime is no answer.

#include "plan/study/smallest.h"

#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

namespace capplan::plan {
namespace {

using Catch::Matchers::ContainsSubstring;

Sweep swept(const std::string& slo, const std::string& axis, const std::vector<std::string>& sets = {}) {
  std::vector<std::string> all = {"scenario.duration=20s", "query.load.cpu={exponential={mean=\"10ms\"}}",
                                  "request.search.steps=[{query=\"load\"}]"};
  all.insert(all.end(), sets.begin(), sets.end());
  SweepOptions options;
  options.run.stopping = {3, 3, 0.05};
  return sweep(test::draft(test::small_scenario + slo), parse_overrides(all), parse_axes({axis}), options);
}

TEST_CASE("where no value meets the SLOs the one in the way is named, with its value and the binding resource") {
  const Sweep none = swept("[slo]\n\"server.primary\" = [\"utilization < 30%\"]\nsearch = [\"errors < 1%\"]\n",
                           "pool.main.size=8,4,16", {"workload.api.rate=400/s"});
  REQUIRE(none.smallest.size() == 1);
  const Smallest& found = none.smallest.front();
  CHECK(found.label.empty());
  REQUIRE(found.margins.size() == 1);
  CHECK(found.margins.front().text == "utilization < 30%");
  CHECK(found.margins.front().headroom < -0.5);
  CHECK(found.binding.resource == "CPU of server primary");
  const std::string text = markdown(report(none));
  CHECK_THAT(text, ContainsSubstring("no pool.main.size of 8..16 meets the SLOs; nearest is"));
  CHECK_THAT(text, ContainsSubstring("server.primary utilization < 30%: "));
  CHECK_THAT(text, ContainsSubstring("binding resource: CPU of server primary"));
}

TEST_CASE("the smallest that meets the SLOs says its headroom, and whether that is little") {
  const Sweep some = swept("[slo]\nsearch = [\"p95 < 250ms\"]\n", "pool.main.size=2,4,8", {"workload.api.rate=150/s"});
  REQUIRE(some.smallest.size() == 1);
  CHECK(some.smallest.front().measured_at == some.smallest.front().label);
  REQUIRE(some.smallest.front().margins.size() == 1);
  CHECK(some.smallest.front().margins.front().headroom > 0);
  CHECK_THAT(text_table(some), ContainsSubstring("headroom; binding resource: "));
  SloResult close{"search", "p95 < 150ms", 0.150, true, {0.146, 0.145, 0.147, true}, Judgement::met};
  CHECK(margin_of(close).tight);
  CHECK(to_text(margin_of(close)) == "search p95 < 150ms: 146ms ±1, 2.67% headroom");
  close.estimate = {0.100, 0.099, 0.101, true};
  CHECK_FALSE(margin_of(close).tight);
  close.estimate = {0.120, 0.095, 0.145, true};
  CHECK(margin_of(close).tight);
}

TEST_CASE("what a sweep names is in its JSON, and comes back") {
  const Sweep some = swept("[slo]\nsearch = [\"p95 < 1ms\"]\n", "pool.main.size=2,4,8");
  const std::optional<Sweep> again = sweep_from_json(to_json(some), "some");
  REQUIRE(again.has_value());
  CHECK(again->smallest == some.smallest);
  CHECK(text_table(*again) == text_table(some));
}

/// Three sizes that meet their SLO, of which the planner leaves the index at the first two.
Sweep of_two_regimes() {
  Sweep sweep{.name = "two"};
  sweep.axes = {{"index.items.ef_search",
                 {models::Value(std::int64_t{1}), models::Value(std::int64_t{2}), models::Value(std::int64_t{3})},
                 {"1", "2", "3"},
                 true}};
  for (const double scans : {0.0, 0.2, 1.0}) {
    SweepPoint point{{std::to_string(sweep.points.size() + 1)}, "", true, {}};
    point.result.slos = {{"all", "p95 < 1s", 1, true, {0.5, 0.4, 0.6, true}, Judgement::met}};
    point.result.figures = {{{"indexes", "items", "index_scan_ratio"}, {scans, scans, scans, true}}};
    sweep.points.push_back(std::move(point));
  }
  return sweep;
}

TEST_CASE("a point at which the planner leaves the index is not the smallest that meets the SLOs") {
  Sweep sweep = of_two_regimes();
  std::vector<Smallest> found = find_smallest(sweep, {});
  REQUIRE(found.size() == 1);
  CHECK(found.front().label == "3");
  CHECK(found.front().other_regime == std::vector<std::string>{"1", "2"});
  // Where it is left everywhere there is one regime alone.
  for (SweepPoint& point : sweep.points) point.result.figures.front().estimate = {0, 0, 0, true};
  CHECK(find_smallest(sweep, {}).front().label == "1");
}

}  // namespace
}  // namespace capplan::plan
