// What a calibration says of its own fit goes into the answer, its JSON, markdown and page, and nowhere without one.

#include "plan/costs/evidence.h"

#include <nlohmann/json.hpp>

#include "plan/format/document.h"
#include "plan/format/page_data.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"
#include "plan/study/result_json.h"
#include "plan/study/runner.h"
#include "tests/plan/report_sample.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::ScratchFile;

namespace {

/// Two captures of 100/s and 1000/s; `fit` stands below the head.
std::string calibration(const std::string& fit) {
  return R"([calibration]
assumption = "demands are time on a core"
[[calibration.capture]]
name = "calm"
load = "open"
rows = 3000
duration = "30s"
connections = 4
cores = 2.0
server_cpu = 0.25
mix = { read = 2700, save = 300 }
[[calibration.capture]]
name = "busy"
load = "closed"
rows = 20000
duration = "20s"
clients = 8
connections = 8
cores = 2.0
mix = { read = 19000, save = 1000 }
)" + fit +
         R"(
[query.read]
cpu = "200us"
[query.read.fit]
family = "gamma"
samples = 22000
ks = 0.004
ks_critical_1pct = 0.011
[query.save]
cpu = "500us"
)";
}

const std::string contention = R"([calibration.contention]
base = "calm"
captures = ["calm", "busy"]
left_out = ["full: the server was full"]
spread = { p50 = 0.06, p95 = 0.09, p99 = 0.12 }
fitted = [
  { name = "loop", value = 0.0001, interval = [0.00009, 0.00012], identified = true },
  { name = "idle_cold", value = 1.5, interval = [0.5, 4.0], identified = false },
]
)";

Evidence evidence(const std::string& fit) { return evidence_of(parse_toml(calibration(fit), "c"), "costs.toml"); }

/// Run at a rate for 20 s with the calibration of that text; without, with costs of its own.
Result answered(const std::string& costs, const std::string& rate = "500/s") {
  const ScratchFile file(costs, ".toml");
  const std::string named = costs.empty() ? "" : "calibration = \"" + file.path() + "\"\n";
  const std::string cpu = costs.empty() ? "cpu = \"200us\"\n" : "";
  const ScratchFile scenario("[scenario]\nduration = \"20s\"\n" + named +
                                 "[server.primary]\nkind = \"postgres\"\ncores = 2\n[pool.app]\nkind = \"fixed\"\nto = "
                                 "\"server.primary\"\nsize = 6\n[query.read]\npool = \"app\"\n" +
                                 cpu + "[query.save]\npool = \"app\"\n" + cpu +
                                 "[request.read]\nsteps = [{ query = \"read\" }]\n[request.save]\nsteps = [{ query = "
                                 "\"save\" }]\n[workload.load]\nkind = \"open\"\nrate = \"" +
                                 rate + "\"\nmix = { read = 92, save = 8 }\n",
                             ".toml");
  RunOptions options;
  options.stopping = {3, 3};
  return run(resolve(read_draft(scenario.path())), options);
}

const CoveredQuantity& quantity(const Result& result, const std::string& name, const std::string& of = "") {
  for (const CoveredQuantity& q : result.calibration.covered)
    if (q.quantity == name && q.of == of) return q;
  throw std::runtime_error("there is no " + name);
}

}  // namespace

TEST_CASE("evidence is what a calibration fitted to several captures says of itself") {
  const Evidence e = evidence(contention);
  CHECK(e.calibration == "costs.toml");
  CHECK(e.assumption == "demands are time on a core");
  REQUIRE(e.captures.size() == 2);
  CHECK(e.captures[0] == EvidenceCapture{"calm", "open", 3000, 30, 4, 2, 0.25});
  CHECK_FALSE(e.captures[1].cpu);
  CHECK(e.left_out == std::vector<std::string>{"full: the server was full"});
  REQUIRE(e.spread);
  CHECK(e.spread->p95 == 0.09);
  REQUIRE(e.costs.size() == 2);
  CHECK(e.costs[0].value == core::Estimate{0.0001, 0.00009, 0.00012, true});
  CHECK_FALSE(e.costs[1].identified);
  CHECK(is_time("loop"));
  CHECK_FALSE(is_time("idle_cold"));
  CHECK(e.classes.empty());  // their distributions are not what is used
}

TEST_CASE("evidence of single captures is how near their distributions are") {
  const Evidence e = evidence("");
  CHECK_FALSE(e.spread);
  REQUIRE(e.classes.size() == 1);
  CHECK(e.classes[0] == EvidenceClass{"read", 22000, "gamma", 0.004, 0.011});
}

TEST_CASE("a calibration that was fitted to nothing is no evidence, one to samples of indexes is") {
  CHECK(evidence_of(parse_toml("[query.read]\ncpu = \"1ms\"\n", "c"), "c").empty());
  CHECK(evidence_of({}, "").empty());
  const Evidence law = evidence_of(
      parse_toml(
          "[[calibration.index_samples]]\nfile = \"s.csv\"\n[index_law]\nsamples = 175\nlatency_residual = 0.08\n"
          "pages_residual = 0.05\nrecall_residual = 0.01\n",
          "c"),
      "c");
  REQUIRE(law.index_law);
  CHECK(*law.index_law == EvidenceIndexLaw{175, {"s.csv"}, 0.08, 0.05, 0.01});
}

TEST_CASE("a run stands beside what its calibration covered") {
  const Result result = answered(calibration(contention));
  const CoveredQuantity& rate = quantity(result, "statements_per_s");
  CHECK(rate.lo == Approx(100));
  CHECK(rate.hi == Approx(1000));
  CHECK(rate.here.value == Approx(500).epsilon(0.02));  // a Poisson mean over 3 x 20 s: 0.6 % and less
  CHECK(rate.here.lo < rate.here.value);
  CHECK(rate.inside);
  const CoveredQuantity& share = quantity(result, "share", "save");
  CHECK(share.lo == Approx(0.05));
  CHECK(share.here.value == Approx(0.08).epsilon(0.1));
  CHECK(share.here.lo < share.here.value);
  CHECK(share.here.hi > share.here.value);
  CHECK(quantity(result, "cores").here == core::Estimate{2, 2, 2, true});
  CHECK(quantity(result, "connections").hi == 8);

  const Result faster = answered(calibration(contention), "2000/s");
  CHECK_FALSE(quantity(faster, "statements_per_s").inside);
}

TEST_CASE("what costs rest on is in JSON, read back, in markdown and on the page, and not on a terminal") {
  Result result = answered(calibration(contention), "2000/s");
  result.calibration.evidence.captures[0].name = "<script>alert(1)</script>";
  const auto json = nlohmann::json::parse(to_json(result));
  CHECK(json["calibration"]["spread"]["p50"] == 0.06);
  CHECK(json["calibration"]["costs"][1]["identified"] == false);
  CHECK(json["calibration"]["covered"][0]["inside"] == false);
  CHECK(json["calibration"]["captures"][1]["cpu"].is_null());
  CHECK(result_from_json(to_json(result), "x") == result);

  const std::string text = markdown(result);
  CHECK_THAT(text, ContainsSubstring("### validation against captures") && ContainsSubstring("rests on 2 captures"));
  CHECK_THAT(text, ContainsSubstring("left out: full: the server was full") && ContainsSubstring("| p95 | ±9% |"));
  CHECK_THAT(text,
             ContainsSubstring("as assumed before them") && ContainsSubstring("| ✗ | statements | 100/s | 1.00k/s |"));
  CHECK_THAT(text_table(result), !ContainsSubstring("captures"));

  const std::string page = html(result, {}, true);
  CHECK_THAT(page,
             ContainsSubstring("<section id=\"calibration\" class=\"level-2\">\n<h2>Validation against captures</h2>"));
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)") && !ContainsSubstring("<script>alert"));
  CHECK_THAT(page, ContainsSubstring("This scenario beside the most that its captures covered (% of it)"));
  CHECK(result_from_json(*embedded_json(page), "x") == result);
  CHECK(html(result_from_json(*embedded_json(page), "x"), {}, true) == page);
}

TEST_CASE("without a calibration nothing is said of one") {
  const Result result = answered("");
  CHECK(result.calibration.empty());
  CHECK(calibration_blocks(result.calibration).empty());
  CHECK_FALSE(nlohmann::json::parse(to_json(result)).contains("calibration"));
  CHECK_THAT(html(result, {}, true), !ContainsSubstring("Validation against captures"));
}

TEST_CASE("the points of a sweep stand together beside what their calibration covered") {
  Sweep sweep = test::sample_sweep();
  CalibrationCheck check{evidence(contention), {}};
  for (std::size_t i = 0; i < 3; ++i) {
    const double rate = 400.0 * static_cast<double>(i + 1);
    check.covered = {{"statements_per_s", "", 100, 1000, test::about(rate, 10), rate < 1100}};
    sweep.points[i].result.calibration = check;
  }
  const std::vector<Block> blocks = calibration_blocks(sweep);
  REQUIRE(blocks.size() == 4);
  REQUIRE(blocks.back().grid);
  const std::vector<Cell>& row = blocks.back().grid->rows().front();
  CHECK(row[0].text == "✗");
  CHECK(row[1].text == "statements (1 of 3 outside)");
  CHECK(row[4].text == "400/s to 1.20k/s");
  CHECK(row[4].beside == "390/s..1.21k/s");

  const std::string page = html(sweep, {}, true);
  CHECK_THAT(page, ContainsSubstring("<h2>Validation against captures</h2>"));
  const auto back = sweep_from_json(*embedded_json(page), "page");
  REQUIRE(back);
  CHECK(back->points[0].result.calibration == sweep.points[0].result.calibration);
  CHECK(back->points[1].result.calibration.evidence.empty());  // the same as the first one's
  CHECK(html(*back, {}, true) == page);
  CHECK(markdown(*back) == markdown(sweep));
}

TEST_CASE("a comparison says what both of its sides rest on") {
  Comparison comparison = test::sample_comparison();
  comparison.a.result.calibration = {evidence(contention),
                                     {{"statements_per_s", "", 100, 1000, test::about(800, 10), true}}};
  comparison.b.result.calibration = {evidence(contention),
                                     {{"statements_per_s", "", 100, 1000, test::about(1600, 10), false}}};
  const std::string page = html(comparison, {}, true);
  CHECK_THAT(page, ContainsSubstring("<h2>Validation against captures</h2>") && ContainsSubstring("800/s to 1.60k/s"));
  CHECK_THAT(markdown(comparison), ContainsSubstring("statements (1 of 2 outside)"));
  CHECK_THAT(text_table(comparison), !ContainsSubstring("captures"));
  const auto back = comparison_from_json(*embedded_json(page), "page");
  REQUIRE(back);
  CHECK(back->b.result.calibration == comparison.b.result.calibration);
  CHECK(html(*back, {}, true) == page);

  comparison.b.result.calibration.evidence.calibration = "other.toml";
  const std::string both = markdown(comparison);
  CHECK_THAT(both, ContainsSubstring("calibration costs.toml") && ContainsSubstring("calibration other.toml"));
}
