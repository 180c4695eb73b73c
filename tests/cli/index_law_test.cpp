// capplan calibrate and validate of vector indexes, from files of samples and of plans to what is printed.

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/index/search_cost.h"
#include "plan/costs/index_law_file.h"
#include "plan/format/document.h"
#include "tests/cli/program.h"
#include "tests/support/catch.h"

using namespace capplan;
using Catch::Matchers::ContainsSubstring;
using test::call;
using test::Outcome;
using test::ScratchFolder;
using test::small_scenario;

namespace {

const std::string samples = CAPPLAN_SOURCE_DIR "/data/captures/index_cost.csv";

/// A plan as PostgreSQL 15 prints it.
std::string explained(double milliseconds, int hit, int read) {
  return "[{\"Plan\": {\"Node Type\": \"Limit\", \"Actual Total Time\": 9, \"Plans\": [{\"Node Type\": \"Index Scan\", "
         "\"Parallel Aware\": false, \"Index Name\": \"i\", \"Order By\": \"(v <=> '[1,2]'::vector)\", "
         "\"Actual Total Time\": " +
         std::to_string(milliseconds) + ", \"Actual Loops\": 1, \"Shared Hit Blocks\": " + std::to_string(hit) +
         ", \"Shared Read Blocks\": " + std::to_string(read) + "}]}, \"Execution Time\": 1}]\n";
}

}  // namespace

TEST_CASE("a law of indexes is calibrated into a file that a scenario takes in and validate reads") {
  const ScratchFolder folder;
  const Outcome outcome = call({"calibrate", "--index-samples", samples, "-o", "costs.toml"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("round_trip"));
  CHECK_THAT(outcome.out, ContainsSubstring("samples fitted"));
  CHECK_THAT(outcome.out, ContainsSubstring("m not seen"));
  CHECK_THAT(outcome.err, ContainsSubstring("wrote costs.toml\n"));
  const std::string file = folder.read("costs.toml");
  CHECK_THAT(file, ContainsSubstring("# s: client to server and back"));
  CHECK(plan::index_law_of(plan::parse_toml(file, "costs.toml")).samples == 175);
  REQUIRE(call({"calibrate", "--index-samples", samples, "-o", "again.toml"}).status == 0);
  CHECK(folder.read("again.toml") == file);

  std::string text = small_scenario();
  text.replace(text.find("duration"), 0, "calibration = \"costs.toml\"\n");
  folder.write("s.toml", text);
  CHECK(call({"check", "s.toml"}).status == 0);

  const Outcome json =
      call({"validate", "--calibration", "costs.toml", "--index-samples", samples, "--format", "json"});
  CHECK(json.status == 0);
  const auto answer = nlohmann::json::parse(json.out);
  CHECK(answer["schema"] == "capplan.validation/1");
  const auto& index = answer["index_samples"];
  CHECK(index["n"] == 175);
  CHECK(index["rows"].size() == 175);
  CHECK(index["latency_p50_error_median"] < 0.08);
  CHECK(index["recall_error_median"] < 0.01);
  CHECK(index["size_error_max"] < 0.01);
  CHECK(index["latency_inside"] > 0.9);
  CHECK(index["rows"][0]["predicted"]["latency_p50_s"]["lo"] < index["rows"][0]["predicted"]["latency_p50_s"]["value"]);
  CHECK(index["rows"][0]["plan"]["predicted"] == "index_scan");
  CHECK(index["rows"][0]["outside"].empty());
}

TEST_CASE("captures and samples go into one calibration") {
  const ScratchFolder folder;
  const Outcome outcome = call(
      {"calibrate", CAPPLAN_SOURCE_DIR "/data/captures/light.toml", "--index-samples", samples, "-o", "both.toml"});
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("capture light") && ContainsSubstring("round_trip"));
  const models::Table both = plan::read_toml("both.toml");
  CHECK(models::find(both, "query") != nullptr);
  CHECK(models::find(both, "workload") != nullptr);
  CHECK(plan::index_law_of(both).samples == 175);
}

TEST_CASE("plans make a sample of medians") {
  const ScratchFolder folder;
  const std::string index = "hnsw,rows=50000,dimensions=384,m=16,ef_construction=64,ef_search=40";
  folder.write("plans.json", "QUERY PLAN\n" + explained(0.2, 400, 100) + "(1 row)\n" + explained(0.4, 600, 0) +
                                 explained(0.3, 500, 50));
  const Outcome outcome = call({"calibrate", "--index-plans", "plans.json", "--index", index, "-o", "i.toml"});
  CHECK(outcome.err.starts_with("wrote i.toml"));
  CHECK_THAT(outcome.out, ContainsSubstring("samples plans.json: 1\n") && ContainsSubstring("no sample has a latency"));
  const models::IndexLaw law = plan::index_law_of(plan::read_toml("i.toml"));
  const models::IndexLaw prior = models::prior_law();
  CHECK(law.samples == 1);
  CHECK(law.at[models::round_trip] == Approx(prior.at[models::round_trip]));
  CHECK(law.hnsw.ef_search.lo == 40);
  const models::VectorIndex shape =
      models::sized(models::IndexKind::hnsw, 50'000, {models::VectorType::vector, 384}, 16, 64, 100);
  const models::Search search{.search_param = 40};
  const auto cost = [&](const models::IndexLaw& l) {
    return models::search_cost(shape, search, models::Plan::index_scan, l.at);
  };
  CHECK(std::fabs(cost(law).pages / 550 - 1) < std::fabs(cost(prior).pages / 550 - 1));
  CHECK(std::fabs(std::log(cost(law).scan / 0.3e-3)) < 0.1);

  const auto refused = [&](const std::string& plans, const std::string& described) {
    folder.write("bad.json", plans);
    const Outcome bad = call({"calibrate", "--index-plans", "bad.json", "--index", described, "-o", "bad.toml"});
    CHECK(bad.status == 2);
    return bad.err;
  };
  std::string timeless = explained(1, 1, 1);
  timeless.replace(timeless.rfind("Actual Total Time"), 17, "Estimated");
  CHECK_THAT(refused(explained(1, 1, 1) + timeless, index), ContainsSubstring("plan 2: has no times"));
  std::string bufferless = explained(1, 1, 1);
  bufferless.replace(bufferless.find("Shared Hit Blocks"), 17, "Some");
  CHECK_THAT(refused(bufferless, index), ContainsSubstring("BUFFERS"));
  CHECK_THAT(refused("[{\"Plan\":", index), ContainsSubstring("not whole JSON"));
  CHECK_THAT(refused("[{\"Plan\": {\"Node Type\": \"Result\"}}]", index), ContainsSubstring("neither an Index Scan"));
  CHECK_THAT(refused("[1]", index), ContainsSubstring("no output of EXPLAIN"));
  CHECK_THAT(refused("nothing", index), ContainsSubstring("holds no plan"));
  CHECK_THAT(refused(explained(1, 1, 1), "hnsw,rows=50000"), ContainsSubstring("dimensions is missing"));
  CHECK_THAT(refused(explained(1, 1, 1), "gist,rows=5,dimensions=3"),
             ContainsSubstring("must be hnsw, ivfflat or flat"));
  CHECK_THAT(refused(explained(1, 1, 1), index + ",limits=3"), ContainsSubstring("did you mean limit?"));
  CHECK_THAT(refused(explained(1, 1, 1), "ivfflat,rows=500,dimensions=3,lists=10,probes=11"),
             ContainsSubstring("1 to 10"));
  CHECK_THAT(call({"calibrate", "--index-plans", "plans.json"}).err, ContainsSubstring("one --index for each"));
  CHECK_FALSE(folder.has("bad.toml"));
}

TEST_CASE("validate leaves one out, in every format") {
  const auto run = [&](const std::string& format) {
    const Outcome outcome =
        call({"validate", "--index-samples", samples, "--leave-one-out", "rows", "--format", format});
    CHECK(outcome.status == 0);
    return outcome;
  };
  CHECK_THAT(run("table").out,
             ContainsSubstring("p50 latency") && ContainsSubstring("hnsw 10.0k x 384, m 16/64, ef 320"));
  CHECK_THAT(run("table").out, ContainsSubstring("warning: rows 50000 is outside 10000 … 25000"));
  CHECK_THAT(run("json").err, ContainsSubstring("warning: rows 50000 is outside"));
  CHECK_THAT(run("markdown").out, ContainsSubstring("| p50 latency | "));
  CHECK_THAT(run("html").out, ContainsSubstring("<h1>Predictions and held-out measurements</h1>"));
  std::istringstream lines(run("csv").out);
  int count = 0;
  for (std::string line; std::getline(lines, line);) ++count;
  CHECK(count == 176);
}

TEST_CASE("validate refuses what it cannot answer") {
  const ScratchFolder folder;
  folder.write("empty.toml", "[query.a]\ncpu = \"1ms\"\n");
  folder.write("damaged.toml", "[index_law]\nlatency_residual = \"much\"\n");
  const auto err = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = call(arguments);
    CHECK(outcome.status == 2);
    return outcome.err;
  };
  CHECK_THAT(err({"validate"}), ContainsSubstring("nothing measured is given"));
  CHECK_THAT(err({"validate", "--index-samples", samples}), ContainsSubstring("nothing to predict with"));
  CHECK_THAT(err({"validate", "--index-samples", samples, "--calibration", "x.toml", "--leave-one-out", "m"}),
             ContainsSubstring("needs no --calibration"));
  CHECK_THAT(err({"validate", "--index-samples", samples, "--calibration", "empty.toml"}),
             ContainsSubstring("has no law of vector indexes"));
  CHECK_THAT(err({"validate", "--index-samples", samples, "--calibration", "damaged.toml"}),
             ContainsSubstring("damaged.toml:2:20"));
  CHECK_THAT(err({"validate", "--index-samples", "none.csv", "--leave-one-out", "m"}), ContainsSubstring("none.csv"));
  CHECK_THAT(err({"validate", "--index-samples", samples, "--leave-one-out", "lists"}),
             ContainsSubstring("\"lists\" is none of captures, m"));
}
