// pgbench's log by intervals: the columns of every version, moments worked by hand, intervals of several threads, what
// is no such log.

#include "plan/capture/pgbench_aggregate.h"

#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::refusal_of;
using test::ScratchFile;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/aggregate/";

std::string refused(const std::string& bytes) {
  const ScratchFile file(bytes);
  return refusal_of([&] { read_pgbench_aggregate(file.path()); });
}

}  // namespace

TEST_CASE("intervals of pgbench say the same in the columns of every version") {
  for (const auto& [name, columns] :
       {std::pair("six.log", 6), {"ten.log", 10}, {"eleven.log", 11}, {"version15.log", 15}}) {
    INFO(name);
    const AggregateLog log = read_pgbench_aggregate(data + name);
    CHECK(log.columns == columns);
    REQUIRE(log.intervals.size() == 4);
    CHECK(log.interval == 1);
    CHECK(log.intervals[0].latency.count == 2);  // of 1 and 3 ms
    CHECK(log.intervals[0].latency.mean() == Approx(2e-3));
    CHECK(*log.intervals[0].latency.stddev() == Approx(1e-3));
    CHECK(*log.intervals[1].latency.stddev() == 0);
    CHECK(log.intervals[2].latency.count == 5);  // before version 15 two skipped ones are counted too
    CHECK(log.total.latency.count == 11);
    CHECK(log.total.latency.mean() == Approx(24e-3 / 11));
    CHECK(*log.total.latency.least == Approx(1e-3));
    CHECK(*log.total.latency.most == Approx(9e-3));
    // 1, 3, 3 x 2, 5 x 1 and 9 ms: the squares sum up to 108.
    CHECK(*log.total.latency.stddev() == Approx(1e-3 * std::sqrt(108.0 / 11 - (24.0 / 11) * (24.0 / 11))));
    CHECK(log.rate == Approx(4));  // of the two intervals that are whole
    CHECK(log.total.skipped == (columns > 10 ? 3 : 0));
    CHECK(log.total.lag.count == (columns > 6 ? 11 : 0));
    if (columns > 6) CHECK(log.total.lag.mean() == Approx(100e-6 / 11));
    CHECK(log.total.serialization_failures + log.total.deadlock_failures == (columns == 15 ? 2 : 0));
    CHECK(log.total.retries == (columns == 15 ? 2 : 0));
    CHECK(log.warnings.empty());
  }
}

TEST_CASE("intervals that several threads wrote are added up") {
  const AggregateLog log = read_pgbench_aggregate(data + "threads.log");
  REQUIRE(log.intervals.size() == 4);
  CHECK(log.intervals[0].latency.count == 4);
  CHECK(*log.intervals[0].latency.stddev() == Approx(1e-3));
  CHECK(log.total.latency.count == 16);
}

TEST_CASE("gaps between intervals are said, and too few of them have no rate") {
  const ScratchFile gap(
      "1795148500 1 10 100 10 10\n1795148510 1 10 100 10 10\n1795148520 1 10 100 10 10\n1795148560 1 10 100 10 10\n");
  const AggregateLog log = read_pgbench_aggregate(gap.path());
  CHECK(log.interval == 10);
  REQUIRE(log.warnings.size() == 1);
  CHECK_THAT(log.warnings[0], ContainsSubstring("1 of 3 starts are not 10 s after the one before"));
  const ScratchFile one("1795148500 1 10 100 10 10\n");
  CHECK(read_pgbench_aggregate(one.path()).rate == 0);
  CHECK_THAT(read_pgbench_aggregate(one.path()).warnings.at(0), ContainsSubstring("fewer than three intervals"));
}

TEST_CASE("every line that is no interval is told with its place") {
  const std::string bad = refusal_of([] { read_pgbench_aggregate(data + "bad.log"); });
  for (const char* part :
       {":2:12: error: num_transactions is negative: -2", ":3:14: error: sum_latency is not a number: 'nan'",
        ":4:1: error: count, sums, least and greatest latency contradict each other",
        ":5:19: error: sum_latency_2 is out of range", ":6:1: error: 3 columns; 6, 10, 11 or 15 are expected",
        ":7:1: error: interval_start 17 is no time", ":8:1: error: 10 columns where the lines before have 6"})
    CHECK_THAT(bad, ContainsSubstring(part));
  CHECK_THAT(refused(""), ContainsSubstring("--aggregate-interval=1"));
  CHECK_THAT(refused(std::string(10'000'000, '1') + "\n"), ContainsSubstring("longer than 1024 bytes"));
  CHECK_THAT(refused(std::string("1795148500 1 10 100 10 1\0\n", 26)), ContainsSubstring("is not a number: '1?'"));
}
