// data/scenarios/vector-search.toml: one setting of the index moves time, processor, pages, recall and the pool that is
// needed, all in the same direction; and the plan of the index says the same as the simulation.

#include <nlohmann/json.hpp>

#include "plan/decide/index_plan.h"
#include "plan/format/whole_file.h"
#include "plan/report/html/page.h"
#include "plan/report/index_report.h"
#include "plan/report/tables.h"
#include "plan/study/compare.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "plan/study/sweep.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;

namespace {

const std::string file = std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/vector-search.toml";

Scenario shipped(const std::vector<std::string>& sets = {}) { return resolve(read_draft(file), parse_overrides(sets)); }

RunOptions few() {
  RunOptions options;
  options.stopping = {5, 5, 0.05};
  return options;
}

Result with_ef(int ef) {
  return run(shipped({"index.chunks.ef_search=" + std::to_string(ef), "scenario.duration=20s"}), few());
}

double value(const Result& result, const std::vector<std::string>& path) {
  const core::Estimate e = result.at(path);
  REQUIRE(e.known);
  CHECK(e.lo <= e.value);
  CHECK(e.value <= e.hi);
  return e.value;
}

bool warned(const Result& result, const std::string& code) {
  return std::any_of(result.warnings.begin(), result.warnings.end(), [&](const Warning& w) { return w.code == code; });
}

}  // namespace

TEST_CASE("a wider search finds more, touches more, and takes more of everything") {
  const Result narrow = with_ef(40), wide = with_ef(200);
  CHECK(value(wide, {"requests", "search", "recall"}) > value(narrow, {"requests", "search", "recall"}));
  CHECK(value(wide, {"requests", "all", "recall"}) == value(wide, {"requests", "search", "recall"}));
  // Five times the candidates: less than five times the pages, since neighbours overlap, and more than twice.
  const double pages = value(wide, {"indexes", "chunks", "pages"}) / value(narrow, {"indexes", "chunks", "pages"});
  CHECK(pages > 2);
  CHECK(pages < 5);
  const double search =
      value(wide, {"indexes", "chunks", "search_s"}) / value(narrow, {"indexes", "chunks", "search_s"});
  CHECK(search == Approx(pages).epsilon(0.35));
  // The mean of a lognormal of that dispersion is within 5 % of its median, and nobody waits.
  const double latency = value(wide, {"queries", "nearest", "latency_s", "mean"}) /
                         value(narrow, {"queries", "nearest", "latency_s", "mean"});
  CHECK(latency == Approx(search).epsilon(0.05));
  const double cpu = value(wide, {"servers", "primary", "cpu"}) / value(narrow, {"servers", "primary", "cpu"});
  CHECK(cpu > 1.5);
  CHECK(cpu < latency);  // the other statement costs the same
  CHECK(value(wide, {"indexes", "chunks", "index_scan_ratio"}) == 1);
  CHECK(value(wide, {"indexes", "chunks", "size_bytes"}) == Approx(1e9).epsilon(0.05));
  CHECK(value(wide, {"indexes", "chunks", "build_s"}) > 10);
  CHECK(warned(wide, "W26"));  // no samples in it
}

TEST_CASE("a wider search needs a larger pool") {
  SweepOptions options;
  options.run = few();
  const Sweep grid =
      sweep(read_draft(file), parse_overrides({"scenario.duration=20s", "workload.api.rate=700/s"}), {}, options);
  std::map<std::string, int> smallest;
  for (const Smallest& s : grid.smallest)
    if (s.key == "pool.app.max_size") smallest[s.others.at(0)] = s.label.empty() ? 99 : std::stoi(s.label);
  const int narrow = smallest.at("index.chunks.ef_search = 40"), wide = smallest.at("index.chunks.ef_search = 200");
  CHECK(narrow < wide);
  CHECK(wide <= 4);
}

TEST_CASE("recall is judged, compared and kept as any figure is") {
  const Result result =
      run(shipped({"slo.search=[\"recall > 0.2\", \"recall > 0.999\"]", "scenario.duration=20s"}), few());
  REQUIRE(result.slos.size() == 2);
  CHECK(result.slos[0].estimate == result.at({"requests", "search", "recall"}));
  CHECK(result.slos[0].judgement == Judgement::met);
  CHECK(result.slos[1].judgement != Judgement::met);
  CHECK(result_from_json(to_json(result), "a.json") == result);
  const Comparison comparison = compare({"a", with_ef(40)}, {"b", with_ef(200)}, 0.05);
  const auto found = std::find_if(comparison.others.begin(), comparison.others.end(), [](const FigureChange& c) {
    return c.path[0] == "requests" && c.path.back() == "recall";
  });
  REQUIRE(found != comparison.others.end());
  CHECK(found->difference.value > 0);
  CHECK(found->change != Change::worse);
}

TEST_CASE("what is wrong with an index's memory, plan or filter is warned of by its code") {
  const std::string quick = "scenario.duration=5s";
  const auto warnings = [&](std::vector<std::string> sets) {
    sets.push_back(quick);
    return run(shipped(sets), few());
  };
  CHECK(warned(warnings({"server.primary.shared_buffers=1GB"}), "W21"));
  CHECK(warned(warnings({"server.primary.shared_buffers=512MB", "server.primary.memory=1GB"}), "W22"));
  CHECK(warned(warnings({"index.chunks.rows=1000", "index.chunks.ef_search=1000"}), "W23"));
  CHECK(warned(warnings({"query.nearest.limit=50", "index.chunks.ef_search=40"}), "W24"));
  CHECK(warned(warnings({"query.nearest.selectivity=0.05"}), "W25"));
  const Result none = warnings({});
  for (const char* code : {"W20", "W21", "W22", "W23", "W24", "W25"}) CHECK_FALSE(warned(none, code));
}

TEST_CASE("the plan of an index agrees with the simulation, and finds the setting for a recall") {
  const IndexPlans plans = plan_indexes(shipped());
  REQUIRE(plans.indexes.size() == 1);
  const IndexPlan& plan = plans.indexes[0];
  REQUIRE(plan.at.size() == 2);
  const IndexAtRows &now = plan.at[0], &later = plan.at[1];
  CHECK(now.when == "now");
  CHECK(later.when == "2027-01");
  CHECK(later.rows == Approx(500'000 * std::pow(1.04, 12)).epsilon(1e-5));
  CHECK(later.bytes.value / now.bytes.value == Approx(later.rows / now.rows).epsilon(0.01));

  const Result result = with_ef(100);
  for (const IndexPoint& p : now.points) {
    if (!p.stated) continue;
    CHECK(p.search_param == 100);
    CHECK(p.recall == result.at({"indexes", "chunks", "recall"}));
    CHECK(p.search_s.value == Approx(result.at({"indexes", "chunks", "search_s"}).value));
    CHECK(p.per_core.value == Approx(1 / p.search_s.value));
    CHECK(p.per_server.value == Approx(4 * p.per_core.value));
  }
  for (std::size_t i = 1; i < now.points.size(); ++i) {
    CHECK(now.points[i].recall.value >= now.points[i - 1].recall.value);
    CHECK(now.points[i].per_core.value < now.points[i - 1].per_core.value);
  }
  // The least setting reaches the recall, one less does not, and more rows need a wider search.
  const auto recall = [&](int ef) {
    IndexPlanOptions options;
    const IndexPlans one = plan_indexes(shipped({"index.chunks.ef_search=" + std::to_string(ef)}), options);
    for (const IndexPoint& p : one.indexes[0].at[0].points)
      if (p.stated) return p.recall.value;
    return 0.0;
  };
  CHECK(plan.target == 0.95);
  CHECK(recall(now.least.value) >= 0.95);
  CHECK(recall(now.least.value - 1) < 0.95);
  CHECK(later.least.value > now.least.value);

  REQUIRE(plan.outgrown.size() == 2);
  CHECK(plan.outgrown[0].what == "shared_buffers");
  CHECK(*plan.outgrown[0].months < *plan.outgrown[1].months);
  CHECK(plan.build.fits);
}

TEST_CASE("a plan can be asked for rows, a recall, and without growth or a date") {
  IndexPlanOptions options;
  options.rows = {1e5, 1e6};
  options.recall = 0.9;
  const IndexPlans plans = plan_indexes(shipped(), options);
  REQUIRE(plans.indexes[0].at.size() == 2);
  CHECK(plans.indexes[0].at[1].rows == 1e6);
  CHECK(plans.indexes[0].target == 0.9);
  const IndexPlans of_slo = plan_indexes(shipped({"slo.search=[\"recall > 0.97\"]"}));
  CHECK(of_slo.indexes[0].target == 0.97);
  const IndexPlans still = plan_indexes(shipped({"index.chunks.growth=0"}));
  CHECK(still.indexes[0].at.size() == 1);
  CHECK(still.indexes[0].outgrown[0].when == "never at this growth");
  options.index = "chunk";
  CHECK_THROWS_WITH(plan_indexes(shipped(), options), Catch::Matchers::ContainsSubstring("did you mean chunks"));
}

TEST_CASE("the SQL of a plan asks for no more memory than the server has, and filters as the query does") {
  const auto sql_of = [](std::vector<std::string> sets) {
    sets.push_back("index.chunks.rows=20000000");
    const IndexPlans plans = plan_indexes(shipped(sets));
    const IndexPlan& plan = plans.indexes.at(0);
    CHECK(plan.roomy_memory > plan.spare_memory);
    CHECK(text_table(plans).find("to spare for it: build on a larger one") != std::string::npos);
    std::string all;
    for (const std::string& line : plan.sql) all += line + "\n";
    return all;
  };
  // 90 % of 16 GB, less 4 GB of shared_buffers, in steps of 64 MB.
  const std::string plain = sql_of({});
  CHECK(plain.find("SET maintenance_work_mem = '10624MB'") != std::string::npos);
  CHECK(plain.find("WHERE") == std::string::npos);
  const std::string filtered = sql_of({"query.nearest.selectivity=0.1", "query.nearest.filter=\"partial-index\""});
  CHECK(filtered.find("ef_construction = 128) WHERE (filter);") != std::string::npos);
  CHECK(filtered.find("FROM chunks WHERE (filter) ORDER BY") != std::string::npos);
}

TEST_CASE("SQL, JSON, CSV and the page of a plan say what its tables say") {
  const IndexPlans plans = plan_indexes(shipped());
  const IndexPlan& plan = plans.indexes[0];
  const std::string setting = "SET LOCAL hnsw.ef_search = " + std::to_string(plan.at[0].least.value) + ";";
  CHECK(std::find(plan.sql.begin(), plan.sql.end(), setting) != plan.sql.end());
  const std::string table = text_table(plans), page = html(plans, {}, false);
  CHECK(table.find("WITH (m = 16, ef_construction = 128)") != std::string::npos);
  CHECK(markdown(plans).find("```sql\nSET maintenance_work_mem") != std::string::npos);
  CHECK(page.find("Searches per second over recall") != std::string::npos);
  const auto json = nlohmann::json::parse(to_json(plans));
  CHECK(json["schema"] == "capplan.index/1");
  CHECK(json["indexes"][0]["at"][0]["points"].size() == plan.at[0].points.size());
  CHECK(json["indexes"][0]["build"]["as_set"]["total_s"]["value"] == plan.build.total_s.value);
  const std::string rows = csv(plans);
  CHECK(static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')) ==
        1 + plan.at[0].points.size() + plan.at[1].points.size());
}

TEST_CASE("a server's buffers are judged by the pages that its searches ask for, as often as they do") {
  const std::string small =
      "[index.small]\nkind = \"hnsw\"\nrows = 1000\ndimensions = 384\n"
      "[query.small]\npool = \"app\"\nindex = \"small\"\n"
      "[request.small]\nsteps = [{ query = \"small\" }]\n"
      "[slo]\n\"server.primary\" = [\"hit_ratio > 99%\"]\n";
  std::string text = read_whole(file, "");
  text = text.substr(0, text.find("[slo]")) + small;
  const auto judged = [&](const std::vector<std::string>& sets) {
    std::vector<std::string> all = sets;
    all.push_back("scenario.duration=20s");
    return run(resolve(test::draft(text), parse_overrides(all)), few());
  };
  const Result held = judged({}), short_of = judged({"server.primary.shared_buffers=128MB"}),
               mixed = judged({"server.primary.shared_buffers=128MB", "workload.api.mix.small=9"});
  CHECK(held.slos.at(0).judgement == Judgement::met);
  CHECK(short_of.slos.at(0).judgement == Judgement::missed);
  CHECK(value(short_of, {"servers", "primary", "buffer_hit_ratio"}) ==
        Approx(value(short_of, {"indexes", "chunks", "buffer_hit_ratio"})));
  const auto asked = [&](const char* query) {
    return value(mixed, {"queries", query, "executed_per_s"}) * value(mixed, {"queries", query, "pages"});
  };
  const double found = asked("nearest") * value(mixed, {"indexes", "chunks", "buffer_hit_ratio"}) +
                       asked("small") * value(mixed, {"indexes", "small", "buffer_hit_ratio"});
  CHECK(value(mixed, {"servers", "primary", "buffer_hit_ratio"}) ==
        Approx(found / (asked("nearest") + asked("small"))));
}

TEST_CASE("a setting at which the planner leaves the index reaches no recall through it") {
  const Scenario thin = resolve(read_draft(std::string(CAPPLAN_SOURCE_DIR) + "/tests/plan/data/index/thin-graph.toml"));
  const IndexPlans plans = plan_indexes(thin);
  const LeastSetting& least = plans.indexes.at(0).at.at(0).least;
  CHECK(least.value == 0);
  CHECK(least.left_from > 1);
  CHECK_THAT(markdown(report(plans)),
             Catch::Matchers::ContainsSubstring("no ef_search reaches recall 0.95 through this index: from " +
                                                std::to_string(least.left_from) + " on the planner leaves it"));
}

TEST_CASE("the setting for a recall is said with its interval, and what to measure where that is wide") {
  CHECK_THAT(markdown(report(plan_indexes(shipped()))),
             Catch::Matchers::ContainsSubstring(" to none) for recall 0.95: measure recall at ef_search = "));
}
