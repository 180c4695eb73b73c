// Samples from plans: what EXPLAIN prints, and what auto_explain writes into a server's log.

#include <algorithm>

#include "core/error.h"
#include "plan/fit/index_plans_json.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::bytes_of;
using test::ScratchFile;

namespace {

const std::string logs = CAPPLAN_SOURCE_DIR "/tests/plan/data/server_log/";
const std::string hnsw = "hnsw,rows=50000,dimensions=384,ef_search=40";

std::string refusal(const std::string& path, const std::string& index = hnsw) {
  try {
    read_index_plans(path, parse_index_description(index));
  } catch (const core::InputError& error) {
    return error.what();
  }
  return {};
}

std::string node(const std::string& index, int pages, double ms, const std::string& more = "") {
  return R"({"Node Type": "Index Scan", "Index Name": ")" + index +
         R"(", "Order By": "a <=> b", "Actual Total Time": )" + std::to_string(ms) +
         R"(, "Actual Loops": 1, "Shared Hit Blocks": )" + std::to_string(pages) + R"(, "Shared Read Blocks": 1)" +
         more + "}";
}

std::string in_limit(const std::string& child) {
  return R"({"Query Text": "q", "Plan": {"Node Type": "Limit", "Plans": [)" + child + "]}}";
}

/// A row of jsonlog with a plan of auto_explain.
std::string logged(std::string plan) {
  for (std::size_t at = 0; (at = plan.find('"', at)) != std::string::npos; at += 2) plan.insert(at, 1, '\\');
  return R"({"timestamp":"2026-11-20 04:23:06.985 UTC","error_severity":"LOG","message":"duration: 0.043 ms  plan:\n)" +
         plan + "\"}\n";
}

}  // namespace

TEST_CASE("plans of EXPLAIN give the median of their scans") {
  const ScratchFile file("[" + in_limit(node("i", 99, 1.5)) + "]\n[" + in_limit(node("i", 199, 2.5)) + "]\n[" +
                             in_limit(node("i", 149, 3.5)) + "]",
                         ".json");
  const IndexSampleFile samples = read_index_plans(file.path(), parse_index_description(hnsw));
  REQUIRE(samples.samples.size() == 1);
  CHECK(*samples.samples[0].pages == Approx(150));
  CHECK(*samples.samples[0].scan == Approx(2.5e-3));
  CHECK(samples.samples[0].queries == 3);
}

TEST_CASE("a real log of auto_explain gives a sample of its searches without a filter") {
  const IndexSampleFile file =
      read_index_plans(logs + "explained.auto_explain.csvlog.gz", parse_index_description(hnsw));
  REQUIRE(file.samples.size() == 1);
  // Counted with Python's csv and json: 171 scans of memories_hnsw in an order without a filter.
  CHECK(file.samples[0].queries == 171);
  CHECK(*file.samples[0].pages == Approx(380));
  CHECK(*file.samples[0].scan == Approx(0.744e-3));
  CHECK(file.sha256.size() == 64);
}

TEST_CASE("of a log with several indexes one is named") {
  const ScratchFile file(logged(in_limit(node("a", 9, 1))) + logged(in_limit(node("b", 99, 2))) +
                             logged(in_limit(node("a", 19, 3, R"(, "Filter": "x = 1")"))) + logged(R"({"Plan": {}})"),
                         ".jsonlog");
  CHECK_THAT(refusal(file.path()), ContainsSubstring("holds searches by 2 indexes: a, b"));
  CHECK_THAT(refusal(file.path()), ContainsSubstring("name=a"));
  const IndexSampleFile named = read_index_plans(file.path(), parse_index_description(hnsw + ",name=a"));
  CHECK(named.samples[0].queries == 1);
  CHECK(*named.samples[0].pages == Approx(10));
  CHECK_THAT(refusal(file.path(), hnsw + ",name=c"), ContainsSubstring("none of 4 plans is a search by the index c"));
}

TEST_CASE("logs whose plans say too little are refused with the setting that is missing") {
  CHECK_THAT(refusal(logs + "logged.csvlog.gz"), ContainsSubstring("holds no plan of auto_explain"));
  CHECK_THAT(refusal(logs + "plans.csvlog"), ContainsSubstring("none of 1 plans is a search by an index in an order"));
  const auto refused = [](const std::string& plan) {
    const ScratchFile file(logged(plan), ".jsonlog");
    return refusal(file.path());
  };
  CHECK_THAT(refused("Limit  (cost=0..1)"), ContainsSubstring("auto_explain.log_format = json"));
  CHECK_THAT(refused(R"({"Plan": {"Node Type": "Index Scan", "Order By": "x"}})"), ContainsSubstring("log_analyze"));
  CHECK_THAT(refused(R"({"Plan": {"Node Type": "Index Scan", "Order By": "x", "Actual Total Time": 1}})"),
             ContainsSubstring("log_buffers"));
  CHECK_THAT(refused(in_limit(node("a", 1, 1, R"(, "Parallel Aware": true)"))), ContainsSubstring("in parallel"));
  CHECK_THAT(refused(in_limit(node("a", 1, 1, R"(, "Filter": "f")"))), ContainsSubstring("have a filter"));
  CHECK_THAT(refused(R"({"Plan": {"Node Type": 7, "Plans": [3, {"Node Type": []}]}})"),
             ContainsSubstring("none of 1 plans"));
  std::string deep = R"({"Plan": )";
  for (int i = 0; i < 100'000; ++i) deep += R"({"Plans": [)";
  deep += "{}";
  for (int i = 0; i < 100'000; ++i) deep += "]}";
  CHECK_THAT(refused(deep + "}"), ContainsSubstring("the plan is not JSON"));
}
