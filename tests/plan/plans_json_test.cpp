// Plans of auto_explain and EXPLAIN: what is counted by class, where the time went, and files that are none.

#include "plan/capture/plans_json.h"

#include "plan/capture/format_spec.h"
#include "plan/capture/manifest.h"
#include "plan/report/inspection_report.h"
#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::refusal_of;
using test::ScratchFile;

namespace {

const std::string logs = CAPPLAN_SOURCE_DIR "/tests/plan/data/server_log/";

const PlanNodeStats& node(const PlanSummary& summary, const std::string& name) {
  for (const PlanNodeStats& n : summary.nodes)
    if (n.name == name) return n;
  throw std::logic_error("no node " + name);
}

std::optional<double> total(const PlanStats& stats, PlanCounter counter) {
  return stats.total[static_cast<std::size_t>(counter)];
}

/// A log's plans; those of classes that `pattern` names as "one", or of all statements each by itself.
std::optional<PlanSummary> logged(const std::string& log, const std::string& pattern = "") {
  CaptureManifest m;
  m.log = log;
  if (!pattern.empty()) m.statements = {{"one", pattern, "", {}}};
  m.keep_unmatched = pattern.empty();
  return read_logged_plans(m);
}

PlanSummary explained(const std::string& text) { return read_explained_plans(ScratchFile(text, ".json").path()); }

/// 10 ms in all: a Gather above two workers and the leader, who scanned for 3 x 9 ms at once.
const std::string parallel = R"([{"Plan": {"Node Type": "Gather", "Workers Launched": 2, "Actual Total Time": 10.0,
  "Actual Rows": 30, "Actual Loops": 1, "Shared Hit Blocks": 70, "Shared Read Blocks": 30, "I/O Read Time": 1.5,
  "Plans": [{"Node Type": "Seq Scan", "Relation Name": "t", "Actual Total Time": 9.0, "Actual Rows": 10,
             "Actual Loops": 3, "Shared Hit Blocks": 70, "Shared Read Blocks": 30}]},
  "Planning Time": 0.2, "Execution Time": 10.5}])";

}  // namespace

TEST_CASE("a node's own time is without its children, and workers below a Gather run at once") {
  const PlanSummary summary = explained(parallel);
  CHECK(summary.plans == 1);
  REQUIRE(summary.classes.size() == 1);
  CHECK(summary.classes[0].duration.mean() == Approx(10.5e-3));
  CHECK(total(summary.classes[0], PlanCounter::hit) == 70.0);  // the root's hold those below
  CHECK(total(summary.classes[0], PlanCounter::read_time).value() == Approx(1.5e-3));
  CHECK_FALSE(total(summary.classes[0], PlanCounter::temp_read));
  CHECK(node(summary, "Seq Scan on t").own_seconds == Approx(9e-3));
  CHECK(node(summary, "Seq Scan on t").loops == 3);
  CHECK(node(summary, "Gather").own_seconds == Approx(1e-3));
  CHECK(summary.nodes[0].name == "Seq Scan on t");
}

TEST_CASE("loops of an inner side add up, and version 17 names times of I/O anew") {
  const PlanSummary summary = explained(
      R"([{"Plan": {"Node Type": "Nested Loop", "Actual Total Time": 5.0, "Actual Rows": 4, "Actual Loops": 1,
           "Shared I/O Read Time": 2.0, "Temp Read Blocks": 7, "Plans": [
             {"Node Type": "Index Scan", "Index Name": "a", "Actual Total Time": 1.0, "Actual Loops": 1},
             {"Node Type": "Index Scan", "Index Name": "b", "Actual Total Time": 0.5, "Actual Loops": 6}]}}])" +
      parallel);
  CHECK(summary.plans == 2);
  CHECK(node(summary, "Index Scan on b").own_seconds == Approx(3e-3));
  CHECK(node(summary, "Nested Loop").own_seconds == Approx(1e-3));
  CHECK(total(summary.classes[0], PlanCounter::read_time).value() == Approx(3.5e-3));
  CHECK_FALSE(total(summary.classes[0], PlanCounter::temp_read));  // one plan of the class does not say
  CHECK(summary.classes[0].duration.sum == Approx(15.5e-3));       // without Execution Time, the root's
}

TEST_CASE("a real log of auto_explain is summed up by class, and inspected") {
  const auto summary = logged(logs + "explained.auto_explain.csvlog.gz");
  REQUIRE(summary);
  CHECK(summary->plans == 289);
  CHECK(summary->durations == 0);
  CHECK(summary->classes.size() == 7);
  CHECK(summary->warnings.empty());
  CHECK(node(*summary, "Index Scan on memories_hnsw").nodes == 194);
  double own = 0, all = 0;
  for (const PlanNodeStats& n : summary->nodes) own += n.own_seconds;
  for (const PlanStats& s : summary->classes) all += s.duration.sum;
  CHECK(own == Approx(all).epsilon(0.03));  // the rest is the executor's start and end

  const std::string text = text_table(inspect({logs + "explained.auto_explain.csvlog.gz"}), {.width = 120});
  CHECK_THAT(text, ContainsSubstring("289 plans as they ran") && ContainsSubstring("Index Scan on memories_hnsw"));
}

TEST_CASE("classes of plans are those of the manifest") {
  const auto summary = logged(logs + "explained.auto_explain.csvlog.gz", "insert into memories");
  REQUIRE(summary);
  REQUIRE(summary->classes.size() == 1);
  CHECK(summary->classes[0].name == "one");
  CHECK(summary->plans == 6);
}

TEST_CASE("a log without plans has none, and one with both shows both") {
  CHECK_FALSE(logged(logs + "logged.csvlog.gz"));
  CHECK_FALSE(logged(CAPPLAN_SOURCE_DIR "/README.md"));
  const std::string plan = test::bytes_of(logs + "plans.csvlog");
  std::string duration = plan.substr(0, plan.find("\"duration"));
  duration += "\"duration: 1.500 ms  statement: SELECT 1\",,,,,,,,,\"psql\",\"client backend\",,0\n";
  const ScratchFile both(plan + duration, ".csvlog");
  CHECK(logged(both.path())->durations == 1);
  CHECK_THAT(text_table(inspect({both.path()}), {.width = 120}),
             ContainsSubstring("1 request in") && ContainsSubstring("plans, of one execution"));
}

TEST_CASE("plans that are no JSON are said, and refused where there is nothing else") {
  std::string text = test::bytes_of(logs + "plans.csvlog");
  text.replace(text.find("{"), 1, "Result");
  const ScratchFile written(text, ".csvlog");
  CHECK_THAT(refusal_of([&] { logged(written.path()); }),
             ContainsSubstring(":1: error: none of 1 plans is JSON") && ContainsSubstring("log_format = json"));
  const ScratchFile some(text + test::bytes_of(logs + "plans.csvlog"), ".csvlog");
  CHECK_THAT(logged(some.path())->warnings.back(), ContainsSubstring("1 of 2 plans are no JSON"));
}

TEST_CASE("hostile files of plans are refused by the number of the plan") {
  const auto said = [](const std::string& text) { return refusal_of([&] { explained(text); }); };
  CHECK_THAT(said(""), ContainsSubstring("is empty"));
  CHECK_THAT(said("Seq Scan on t"), ContainsSubstring("holds no plan"));
  CHECK_THAT(said(parallel + parallel.substr(0, 200)), ContainsSubstring("plan 2: is not whole JSON"));
  CHECK_THAT(said("[3]"), ContainsSubstring("is no output of EXPLAIN"));
  CHECK_THAT(said(R"([{"Plan": 3}])"), ContainsSubstring("plan 1: is no plan"));
  std::string deep = "[{\"Plan\": ";
  for (int i = 0; i < 100'000; ++i) deep += R"({"Node Type": "Limit", "Plans": [)";
  for (int i = 0; i < 100'000; ++i) deep += "]}";
  CHECK_THAT(said(deep + "}]"), ContainsSubstring("plan 1: is nested too deeply to be read"));
  CHECK_THAT(explained(R"([{"Plan": {"Node Type": "Result", "Actual Total Time": -1e308, "Actual Loops": "x"}}])")
                 .warnings.at(0),
             ContainsSubstring("1 nodes have no times"));
}

TEST_CASE("EXPLAIN's output is recognised, as psql prints it aligned too") {
  const ScratchFile bare(parallel, ".json");
  CHECK(recognise(bare.path()).name == "plans");
  const ScratchFile aligned(
      "  QUERY PLAN   \n--------\n [            +\n   {\"Plan\": {\"Node Type\": \"Result\"}} +\n ]\n(1 row)\n",
      ".txt");
  CHECK(recognise(aligned.path()).name == "plans");
  CHECK_THAT(text_table(inspect({aligned.path()})), ContainsSubstring("1 plan as they ran"));
}
