// Locust's files: totals by request, the history of a run, failures; and what is none of them.

#include "plan/capture/locust_csv.h"

#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::bytes_of;
using test::refusal_of;
using test::ScratchFile;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/locust/";

/// The refusal of a file with one text replaced.
std::string with(const std::string& name, const std::string& text, const std::string& by) {
  std::string bytes = bytes_of(data + name);
  bytes.replace(bytes.find(text), text.size(), by);
  const ScratchFile file(bytes, ".csv");
  return refusal_of([&] { read_locust_stats(file.path()); });
}

}  // namespace

TEST_CASE("Locust's totals are read by request, times in seconds") {
  const std::vector<LocustRequest> rows = read_locust_stats(data + "run_stats.csv");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].name == "/search, deep");
  CHECK(rows[0].requests == 900);
  CHECK(rows[0].failures == 9);
  CHECK(*rows[0].mean == Approx(15.625e-3));
  CHECK(*rows[0].least == Approx(2.5e-3));
  CHECK(*rows[0].requests_per_s == 90);
  REQUIRE(rows[0].percentiles.size() == 11);
  CHECK(rows[0].percentiles[5].first == Approx(0.95));
  CHECK(*rows[0].percentiles[5].second == Approx(45e-3));
  CHECK(rows[2].name == "Aggregated");
  const std::vector<LocustRequest> idle = read_locust_stats(data + "idle_stats.csv");
  CHECK_FALSE(idle[0].mean);
  CHECK_FALSE(idle[0].percentiles[0].second);
}

TEST_CASE("Locust's history says which percentiles it has") {
  const LocustHistory run = read_locust_history(data + "run_stats_history.csv");
  CHECK_FALSE(run.windowed);
  REQUIRE(run.moments.size() == 3);
  CHECK_FALSE(run.moments[0].p95);
  CHECK(*run.moments[2].p95 == Approx(33e-3));
  CHECK(run.moments[2].users == 20);
  CHECK(*run.moments[2].requests_per_s == 98.5);
  CHECK(run.moments[2].failures == 1);
  const LocustHistory full = read_locust_history(data + "full_stats_history.csv");
  CHECK(full.windowed);
  CHECK(full.moments.size() == 1);
}

TEST_CASE("Locust's failures may be none") {
  const std::vector<LocustFailure> failures = read_locust_failures(data + "run_failures.csv");
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].error == "HTTPError('503 \"busy\"')");
  CHECK(failures[0].occurrences == 9);
  CHECK(read_locust_failures(data + "none_failures.csv").empty());
}

TEST_CASE("Locust's files that contradict themselves are refused") {
  CHECK_THAT(with("run_stats.csv", "900,9,", "900,-9,"),
             ContainsSubstring(":2:25: error: Failure Count: '-9' is below"));
  CHECK_THAT(with("run_stats.csv", "900,9,", "900,901,"), ContainsSubstring("is more than the requests"));
  CHECK_THAT(with("run_stats.csv", "45,80,120", "45,nan,120"), ContainsSubstring("98%: 'nan' is not a number"));
  CHECK_THAT(with("run_stats.csv", "45,80,120", "45,40,120"), ContainsSubstring("less than the percentile before"));
  CHECK_THAT(with("run_stats.csv", "Request Count", "Requests"), ContainsSubstring("Request Count: there is no such"));
  CHECK_THAT(with("run_stats.csv", "Type,", "Name,"), ContainsSubstring("the column is there twice"));
  std::string backwards = bytes_of(data + "run_stats_history.csv");
  backwards.replace(backwards.find("1795148567"), 10, "1795148500");
  const ScratchFile file(backwards, ".csv");
  CHECK_THAT(refusal_of([&] { read_locust_history(file.path()); }), ContainsSubstring("two runs in one file?"));
}
