// What PgBouncer says of itself: SHOW STATS and SHOW POOLS with the columns of its versions, and the lines of stats in
// its log. The wait of one transaction is the same number however a version writes it down.

#include "plan/capture/bouncer_stats.h"

#include "plan/capture/bouncer_log.h"
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

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/snapshots/";
const std::string logs = CAPPLAN_SOURCE_DIR "/tests/plan/data/pgbouncer_log/";

BouncerSnapshots stats(const std::string& name) { return read_bouncer_stats({data + name + ".show_stats.csv"}, {}); }

std::string refused(const std::string& bytes) {
  const ScratchFile file(bytes, ".csv");
  return refusal_of([&] { read_bouncer_stats({file.path()}, std::nullopt); });
}

}  // namespace

TEST_CASE("SHOW STATS gives means, and the wait by what its version counts") {
  const BouncerSnapshots old = stats("version16");
  CHECK(old.version == "1.22 or earlier");
  REQUIRE(old.databases.size() == 1);
  const BouncerStats& app = old.databases[0];
  CHECK(app.database == "app");
  CHECK(*app.mean_xact() == Approx(4e-3));
  CHECK(*app.mean_query() == Approx(1.5e-3));
  CHECK(*app.mean_wait() == Approx(0.5e-3));   // of a transaction
  CHECK(*app.period->wait == Approx(0.5e-3));  // 25,000 us waited a second by 50 transactions
  CHECK_FALSE(app.rate_xacts);

  for (const auto& [name, version] : {std::pair("version23", "1.23"), {"version24", "1.24 or later"}}) {
    const BouncerSnapshots later = stats(name);
    CHECK(later.version == version);
    CHECK(*later.databases[0].assignments == 800);
    CHECK(*later.databases[0].mean_wait() == Approx(0.5e-3));  // of one of 800 assignments
    CHECK(*later.databases[0].period->wait == Approx(0.5e-3));
  }
}

TEST_CASE("a real SHOW STATS agrees with itself: its averages are those of its totals") {
  const BouncerSnapshots real = stats("version18");
  REQUIRE(real.databases.size() == 1);
  const BouncerStats& bench = real.databases[0];
  CHECK(bench.xacts == 29805);
  CHECK(*bench.mean_wait() == Approx(54.72e-6).epsilon(1e-3));
  CHECK(*bench.period->wait == Approx(*bench.mean_wait()).epsilon(2e-3));
  CHECK(*bench.period->xact_time == Approx(*bench.mean_xact()).epsilon(2e-3));
}

TEST_CASE("two of SHOW STATS give rates and means of what came between, unless PgBouncer was started anew") {
  const BouncerSnapshots s =
      read_bouncer_stats({data + "version16.show_stats.csv", data + "version16_after.show_stats.csv"}, 60.0);
  CHECK(s.warnings.empty());
  CHECK(*s.databases[0].rate_xacts == Approx(50));
  CHECK(*s.databases[0].rate_queries == Approx(100));
  CHECK(*s.databases[0].mean_xact() == Approx(2e-3));
  CHECK(*s.databases[0].mean_wait() == Approx(0.5e-3));

  const BouncerSnapshots anew =
      read_bouncer_stats({data + "version16.show_stats.csv", data + "version16_restarted.show_stats.csv"}, 60.0);
  REQUIRE(anew.warnings.size() == 1);
  CHECK_THAT(anew.warnings[0], ContainsSubstring("PgBouncer was started anew"));
  CHECK(anew.databases[0].xacts == 10);
  CHECK_FALSE(anew.databases[0].rate_xacts);
}

TEST_CASE("SHOW POOLS counts clients and servers in the columns of every version") {
  for (const char* name : {"version16", "version24"}) {
    const std::vector<BouncerPool> pools = read_bouncer_pools(data + name + ".show_pools.csv");
    REQUIRE(pools.size() == 1);
    CHECK(pools[0].mode == "transaction");
    CHECK(pools[0].clients_active == 30);
    CHECK(pools[0].clients_waiting == 7);
    CHECK(pools[0].servers() == 6);
    CHECK(pools[0].longest_wait == Approx(2.25));
  }
  CHECK(read_bouncer_pools(data + "version18.show_pools.csv")[0].servers_idle == 4);
}

TEST_CASE("tables that are no SHOW STATS are refused by line, column and remedy") {
  CHECK_THAT(refusal_of([] { stats("aligned"); }), ContainsSubstring("not separated by commas"));
  CHECK_THAT(refusal_of([] { stats("aligned"); }), ContainsSubstring("--csv -c 'SHOW STATS'"));
  const std::string header =
      "database,total_xact_count,total_query_count,total_received,total_sent,total_xact_time,total_query_time,"
      "total_wait_time\n";
  CHECK_THAT(refused(header + "app,1,1,1,1,1,1,-1\n"),
             ContainsSubstring(":2:17: error: total_wait_time: '-1' is below"));
  CHECK_THAT(refused(header + "app,1,1,1,1,1,1,\n"), ContainsSubstring("total_wait_time: is empty"));
  CHECK_THAT(refused(header + "app,1,1,1,1,1,1,1\napp,1,1,1,1,1,1,1\n"), ContainsSubstring("'app' is there twice"));
  CHECK_THAT(refused(header + "pgbouncer,1,1,1,1,1,1,1\n"), ContainsSubstring("no database but PgBouncer's own"));
  CHECK_THAT(refused("database,total_requests\napp,1\n"),
             ContainsSubstring("total_xact_count: there is no such column"));
  CHECK_THAT(refused(header + "app,1,1,1,1,1\n"), ContainsSubstring("6 cells where the header has 8"));
}

TEST_CASE("lines of stats become a series, with the wait by what the version means by it") {
  const BouncerLog old = read_bouncer_log(logs + "version18.log");
  CHECK(old.version == "1.18.0");
  REQUIRE(old.periods.size() == 3);
  CHECK_FALSE(old.periods[0].wait);  // nobody came
  CHECK(*old.periods[1].wait == Approx(42630e-6 / 779));
  CHECK(*old.periods[2].wait == Approx(10e-6));
  CHECK(old.periods[1].query_time == Approx(725e-6));
  CHECK(old.periods[1].sent_per_s == 224651);
  CHECK(*old.periods[2].at - *old.periods[1].at == 60 * core::second);
  CHECK(old.warnings.empty());

  for (const char* name : {"version24.log", "later.log"}) {
    const BouncerLog log = read_bouncer_log(logs + name);
    REQUIRE(log.periods.size() == 1);
    CHECK(*log.periods[0].wait == Approx(55e-6));
    CHECK(log.periods[0].queries_per_s == 200);
  }

  const BouncerLog rotated = read_bouncer_log(logs + "rotated.log");
  REQUIRE(rotated.periods.size() == 1);
  CHECK(rotated.malformed == 1);
  CHECK_FALSE(rotated.periods[0].wait);  // 1.21 to 1.22, or later? the log does not say
  CHECK(rotated.warnings.size() == 2);

  const BouncerLog syslog = read_bouncer_log(logs + "syslog.log");
  REQUIRE(syslog.periods.size() == 1);
  CHECK_FALSE(syslog.periods[0].at);
  CHECK(*syslog.periods[0].wait == Approx(55e-6));
}

TEST_CASE("a log without lines of stats, or with broken ones, is refused") {
  CHECK_THAT(refusal_of([] { read_bouncer_log(logs + "quiet.log"); }), ContainsSubstring("log_stats = 1"));
  CHECK_THAT(refusal_of([] { read_bouncer_log(logs + "bad.log"); }),
             ContainsSubstring(":1:39: error: stats: ' in -5 B/s' has no whole number"));
  const ScratchFile long_line(std::string(10'000'000, 'x') + "\n" + bytes_of(logs + "version24.log"));
  CHECK(read_bouncer_log(long_line.path()).periods.size() == 1);
}
