// What a sweep's page says in words, and the drawing of what was simulated.

#include "plan/report/html/sweep_answer.h"
#include "plan/report/html/short_labels.h"
#include "plan/report/html/simulated.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scenario_text.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("long numbers of an axis are shown to three digits or to as many as tell them apart") {
  Sweep sweep;
  sweep.axes = {{.key = "workload.api.rate", .labels = {"100/s", "545.2732155616698/s", "1200.4/s"}},
                {.key = "a.b", .labels = {"0.12341", "0.12342", "off"}}};
  SweepPoint point;
  point.labels = {"545.2732155616698/s", "0.12342"};
  sweep.points = {point};
  sweep.smallest = {{{"workload.api.rate = 545.2732155616698/s"}, "a.b", "0.12342", false}};
  const Sweep shown = with_short_labels(sweep);
  CHECK(shown.axes[0].labels == std::vector<std::string>{"100/s", "545/s", "1200/s"});
  CHECK(shown.axes[1].labels == std::vector<std::string>{"0.12341", "0.12342", "off"});
  CHECK(shown.points[0].labels == std::vector<std::string>{"545/s", "0.12342"});
  CHECK(shown.smallest[0].others == std::vector<std::string>{"workload.api.rate = 545/s"});
}

TEST_CASE("the answer names how many points meet the SLOs and which SLO is missed most often") {
  const std::vector<Block> blocks = answer_blocks(test::sample_sweep());
  REQUIRE(blocks.size() >= 2);
  CHECK_THAT(blocks[0].sentences.at(0), ContainsSubstring(" of 3 points meet every SLO"));
  CHECK_THAT(blocks[0].sentences.at(1), ContainsSubstring("pool.app.size = "));
  CHECK(blocks[1].grid->rows().size() == 3);
  CHECK(answer_blocks(Sweep{}).empty());
}

TEST_CASE("a point without a steady state has no headroom") {
  const Sweep sweep = test::sample_sweep();
  REQUIRE(sweep.points[1].result.verdict == Verdict::no_steady_state);
  CHECK(tightest_of(sweep.points[0]));
  CHECK_FALSE(tightest_of(sweep.points[1]));
  CHECK_FALSE(tightest_of(sweep.points[3]));  // not done
}

TEST_CASE("the drawing has load, pool and server with their sizes and what leads to what") {
  const std::string scenario = canonical_json(test::resolved(test::small_scenario));
  const Simulated what = simulated(scenario, {{"workload.api.rate", "10/s to 90/s"}});
  REQUIRE(what.boxes.size() == 3);
  CHECK(what.boxes[0].path == "workload.api");
  CHECK(what.boxes[1].word == "pool");
  CHECK(what.boxes[2].path == "server.primary");
  CHECK(what.links == std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {1, 2}});
  CHECK_THAT(in_words(what), ContainsSubstring("10/s to 90/s") && ContainsSubstring("to server primary"));
  CHECK_THAT(drawing(what), ContainsSubstring("role=\"img\" aria-label=\"Simulated: workload api"));
  CHECK(drawing("no JSON").empty());
}
