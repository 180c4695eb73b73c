// Snapshots of pg_stat_statements: the columns of every version say the same; two snapshots say what came between, to
// the moments that the calls between them had; counters that went back are found; what is wrong is told with its cell.

#include "plan/capture/statement_stats.h"

#include <cmath>
#include <random>

#include "plan/capture/manifest.h"
#include "tests/plan/refusal.h"
#include "tests/plan/scratch_file.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;
using test::refusal_of;
using test::ScratchFile;

namespace {

const std::string data = CAPPLAN_SOURCE_DIR "/tests/plan/data/snapshots/";

std::string snapshot(const std::string& name) { return data + name + ".pg_stat_statements.csv"; }

const StatementStats& named(const StatementSnapshots& s, const std::string& start) {
  for (const StatementStats& one : s.classes)
    if (one.name.starts_with(start)) return one;
  throw std::logic_error("no class " + start);
}

std::string refused(const std::string& file) {
  return refusal_of([&] { read_statement_stats({file}, {}, std::nullopt); });
}

}  // namespace

TEST_CASE("a snapshot of pg_stat_statements says the same in the columns of every version") {
  for (const auto& [version, label] : {std::pair("12", "PostgreSQL 12 or earlier"),
                                       {"13", "PostgreSQL 13"},
                                       {"14", "PostgreSQL 14"},
                                       {"16", "PostgreSQL 15 or 16"},
                                       {"17", "PostgreSQL 17"},
                                       {"18", "PostgreSQL 18"}}) {
    INFO(version);
    const StatementSnapshots s = read_statement_stats({snapshot(std::string("version") + version)}, {}, 50.0);
    CHECK(s.version == label);
    CHECK(s.warnings.empty());
    REQUIRE(s.classes.size() == 2);
    const StatementStats& work = s.classes[0];  // by the time taken
    CHECK(work.name.starts_with("select_work_items_"));
    CHECK(work.execution.count == 10);
    CHECK(work.execution.mean() == Approx(0.030));
    CHECK(*work.execution.stddev() == Approx(0.006));
    CHECK(*work.execution.least == Approx(0.020));
    CHECK(*work.execution.most == Approx(0.041));
    CHECK(*work.rate == Approx(0.2));
    CHECK(*work.per_call(StatementCounter::rows) == 2);
    CHECK(*work.per_call(StatementCounter::hit) == 400);
    CHECK(*work.per_call(StatementCounter::temp_read) == 4);
    CHECK(*work.per_call(StatementCounter::temp_written) == 6);
    const StatementStats& point = named(s, "select_memories_");
    CHECK(*point.rate == Approx(2));
    CHECK(*point.per_call(StatementCounter::read) == 0.5);
    CHECK(*point.per_call(StatementCounter::read_time) == Approx(125e-6));
    // Version 12 has no WAL: not known, and not zero.
    CHECK(point.per_call(StatementCounter::wal_bytes).has_value() == (std::string(version) != "12"));
    CHECK(point.execution.mean_estimate().known);
    CHECK(point.execution.mean_estimate().hi - 0.002 == Approx(1.96 * 0.0005 / std::sqrt(99)).epsilon(1e-3));
    CHECK_FALSE(work.execution.mean_estimate().known);  // of ten calls
  }
}

TEST_CASE("a real snapshot of pg_stat_statements gives the classes that a manifest names") {
  CaptureManifest m;
  m.statements = {{"search", "^select id from memories order by embedding", "", {}},
                  {"insert", "^insert into memories", "", {}}};
  m.keep_unmatched = false;
  const StatementSnapshots s = read_statement_stats({snapshot("version15")}, m, std::nullopt);
  REQUIRE(s.classes.size() == 2);
  CHECK(s.classes[0].name == "search");
  CHECK(s.classes[0].execution.count == 56729);
  CHECK(s.classes[0].execution.mean() == Approx(0.31555782361755025e-3));
  CHECK(*s.classes[0].execution.stddev() == Approx(0.14924449509535476e-3));
  CHECK(*s.classes[0].per_call(StatementCounter::rows) == 10);
  CHECK_FALSE(s.classes[0].rate);
  CHECK(*named(s, "insert").per_call(StatementCounter::wal_bytes) == Approx(53507039.0 / 580));
  REQUIRE(s.warnings.size() == 1);
  CHECK_THAT(s.warnings[0], ContainsSubstring("5 statements that no class names"));
}

TEST_CASE("two snapshots of pg_stat_statements give what came between") {
  const StatementSnapshots s = read_statement_stats({snapshot("version16"), snapshot("after")}, {}, 60.0);
  REQUIRE(s.classes.size() == 2);  // work_items did not run; of the statement within a function it is said
  const StatementStats& point = named(s, "select_memories_");
  CHECK(point.execution.count == 300);
  CHECK(point.execution.mean() == Approx(0.003));
  CHECK(*point.execution.stddev() == Approx(0.001));
  CHECK_FALSE(point.execution.most);
  CHECK(*point.rate == Approx(5));
  CHECK(*point.per_call(StatementCounter::hit) == 4);
  CHECK(*point.per_call(StatementCounter::read) == Approx(0.1));
  CHECK(*point.per_call(StatementCounter::wal_bytes) == 200);
  CHECK(named(s, "insert_t_").execution.count == 40);
  CHECK(*named(s, "insert_t_").execution.most == Approx(0.002));
  REQUIRE(s.warnings.size() == 1);
  CHECK_THAT(s.warnings[0], ContainsSubstring("1 statements within functions"));
}

TEST_CASE("counters that were reset between two snapshots are found, and have no rate") {
  const StatementSnapshots all = read_statement_stats({snapshot("version16"), snapshot("reset")}, {}, 60.0);
  REQUIRE(all.warnings.size() == 1);
  CHECK_THAT(all.warnings[0], ContainsSubstring("reset in between, or the snapshots are in the wrong order"));
  CHECK(named(all, "select_memories_").execution.count == 30);
  for (const StatementStats& one : all.classes) CHECK_FALSE(one.rate);

  const StatementSnapshots one = read_statement_stats({snapshot("version16"), snapshot("one_reset")}, {}, 60.0);
  REQUIRE(one.warnings.size() == 1);
  CHECK_THAT(one.warnings[0], ContainsSubstring("1 of 2 statements of the first snapshot"));
  CHECK(named(one, "select_memories_").execution.count == 300);
  CHECK(*named(one, "select_memories_").rate == Approx(5));
  CHECK(named(one, "select_work_items_").execution.count == 4);
  CHECK_FALSE(named(one, "select_work_items_").rate);
}

TEST_CASE("moments part as they joined, over many samples") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> draw(-7, 1);
    const auto sample = [&](std::size_t n) {
      std::vector<double> values;
      for (std::size_t i = 0; i < n; ++i) values.push_back(draw(random));
      double sum = 0, square = 0;
      for (const double x : values) sum += x;
      for (const double x : values) square += (x - sum / static_cast<double>(n)) * (x - sum / static_cast<double>(n));
      return Moments::of(static_cast<double>(n), sum, std::sqrt(square / static_cast<double>(n)));
    };
    const Moments before = sample(20 + seed), between = sample(5 + 3 * seed);
    Moments after = before;
    after.add(between);
    const Moments found = after.since(before);
    CHECK(found.count == between.count);
    CHECK(found.mean() == Approx(between.mean()).epsilon(1e-9));
    REQUIRE(found.stddev());
    CHECK(*found.stddev() == Approx(*between.stddev()).epsilon(1e-6));
  }
  // Ten calls that all took the same, after a million that did not: their scatter is lost in the rounding, and not
  // zero.
  Moments before = Moments::of(1e6, 1e6, 1.0), after = before;
  after.add(Moments::of(10, 10 * (1 + 1e-9), 0.0));
  CHECK_FALSE(after.since(before).stddev());
}

TEST_CASE("a snapshot whose user and database are both quoted is read with both") {
  const StatementSnapshots s = read_statement_stats({snapshot("quoted_ids")}, {}, std::nullopt);
  CHECK(s.statements == 1);
  // Two users of the same name length: each its own entry.
  const std::string header = "userid,dbid,queryid,query,calls,total_exec_time\n";
  const std::string longer(40, 'b');
  const ScratchFile two(header + "\"\"\"user a\",\"\"\"" + longer + "\",1,select 1,5,10\n" + "\"\"\"user c\",\"\"\"" +
                        longer + "\",1,select 1,7,10\n");
  const StatementSnapshots both = read_statement_stats({two.path()}, {}, std::nullopt);
  CHECK(both.statements == 2);
  REQUIRE(both.classes.size() == 1);
  CHECK(both.classes[0].execution.count == 12);
}

TEST_CASE("what is wrong with a snapshot is told with its line, column and remedy") {
  const std::string bad = refused(snapshot("bad"));
  for (const char* part :
       {":2:10: error: calls: '-3' is below 0", ":3:12: error: total_exec_time: 'NaN' is not a number",
        ":4:10: error: calls: '99999999999999999999' is out of range", ":5:12: error: total_exec_time: '1e999' is out",
        ":6:12: error: total_exec_time: '1,5' is not a number", ":7:10: error: calls: '2.5' is not a whole number",
        ":8:10: error: calls: is empty", ":9:12: error: 3 cells where the header has 4",
        "psql --csv -c 'SELECT * FROM pg_stat_statements'"})
    CHECK_THAT(bad, ContainsSubstring(part));
  CHECK_THAT(refused(snapshot("no_time")), ContainsSubstring("total_exec_time: there is no such column"));
  CHECK_THAT(refused(snapshot("twice")), ContainsSubstring("calls: the column is there twice"));
  const std::string header = "query,calls,total_exec_time\n";
  CHECK_THAT(refused(ScratchFile(header).path()), ContainsSubstring("nothing below the line of column names"));
  CHECK_THAT(refused(ScratchFile(header + "SELECT 1,0,0\n").path()), ContainsSubstring("no statement has run"));
  CHECK_THAT(refused(ScratchFile(header + "SELECT 1,1,1\n" + header).path()),
             ContainsSubstring("the line of column names is there twice"));
  CHECK_THAT(refused(ScratchFile(header + "\"SELECT 1,1,1\n").path()), ContainsSubstring("a quote is opened here"));
  CHECK_THAT(refused(data + "no_such_file.csv"), ContainsSubstring("cannot be read"));
}
