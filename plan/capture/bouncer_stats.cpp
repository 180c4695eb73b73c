// Reading of SHOW STATS and SHOW POOLS; sources and limits in bouncer_stats.h.

#include "plan/capture/bouncer_stats.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/error.h"
#include "plan/format/named_csv.h"

namespace capplan::plan {

namespace {

constexpr double us = 1e-6;
constexpr const char* own_database = "pgbouncer";
constexpr const char* stats_hint =
    "psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW STATS' > NAME.show_stats.csv (PgBouncer 1.8 or later)";
constexpr const char* pools_hint = "psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW POOLS' > NAME.show_pools.csv";

std::string version_of(const NamedCsv& table) {
  const auto has = [&](const char* name) { return table.column(name) != NamedCsv::absent; };
  return has("total_client_login_count")        ? "after 1.25"
         : has("total_client_parse_count")      ? "1.24 or later"
         : has("total_server_assignment_count") ? "1.23"
                                                : "1.22 or earlier";
}

/// What one row of a table of counters says; a cell that is empty is wrong.
class Row {
 public:
  explicit Row(NamedCsv& table) : table_(table) {}

  double count(int column) {
    const auto got = table_.count(column);
    if (!got && table_.text(column).empty()) table_.wrong(column, "is empty");
    return static_cast<double>(got.value_or(0));
  }
  std::int64_t whole(int column) { return static_cast<std::int64_t>(column == NamedCsv::absent ? 0 : count(column)); }

 private:
  NamedCsv& table_;
};

/// The averages of the last stats_period, if the table has them.
std::optional<BouncerStats::Period> period_of(NamedCsv& table, bool per_assignment) {
  const auto of = [&](const char* name) { return table.count(table.column(name)); };
  const auto xacts = of("avg_xact_count"), queries = of("avg_query_count"), wait = of("avg_wait_time");
  if (!xacts || !queries) return std::nullopt;
  BouncerStats::Period period;
  period.xacts_per_s = static_cast<double>(*xacts);
  period.queries_per_s = static_cast<double>(*queries);
  const auto mean = [&](const char* name, double n) {
    const auto time = of(name);
    return time && n > 0 ? std::optional(static_cast<double>(*time) * us) : std::nullopt;
  };
  period.xact_time = mean("avg_xact_time", period.xacts_per_s);
  period.query_time = mean("avg_query_time", period.queries_per_s);
  if (wait && period.xacts_per_s > 0)
    period.wait = static_cast<double>(*wait) * us / (per_assignment ? 1 : period.xacts_per_s);
  return period;
}

std::vector<BouncerStats> snapshot(const std::string& file, std::string& version) {
  NamedCsv table(file, stats_hint);
  const int database = table.need("database");
  const int xacts = table.need("total_xact_count"), queries = table.need("total_query_count");
  const int received = table.need("total_received"), sent = table.need("total_sent");
  const int xact_time = table.need("total_xact_time"), query_time = table.need("total_query_time");
  const int wait = table.need("total_wait_time");
  const int assignments = table.column("total_server_assignment_count");
  for (const int needed : {database, xacts, queries, received, sent, xact_time, query_time, wait})
    if (needed == NamedCsv::absent) table.finish();
  version = version_of(table);
  std::vector<BouncerStats> result;
  while (table.next()) {
    Row row(table);
    BouncerStats one;
    one.database = table.text(database);
    one.xacts = row.count(xacts);
    one.queries = row.count(queries);
    one.received = row.count(received);
    one.sent = row.count(sent);
    one.xact_time = row.count(xact_time) * us;
    one.query_time = row.count(query_time) * us;
    one.wait_time = row.count(wait) * us;
    if (assignments != NamedCsv::absent) one.assignments = row.count(assignments);
    one.period = period_of(table, assignments != NamedCsv::absent);
    if (one.database.empty())
      table.wrong(database, "is empty");
    else if (std::any_of(result.begin(), result.end(), [&](const auto& r) { return r.database == one.database; }))
      table.wrong(database, fmt::format("'{}' is there twice: one snapshot a file", one.database));
    else if (one.database != own_database)
      result.push_back(std::move(one));
  }
  table.finish();
  return result;
}

bool went_back(const BouncerStats& before, const BouncerStats& after) {
  return after.xacts < before.xacts || after.queries < before.queries || after.received < before.received ||
         after.sent < before.sent || after.wait_time < before.wait_time || after.xact_time < before.xact_time ||
         after.query_time < before.query_time || after.assignments.value_or(0) < before.assignments.value_or(0);
}

void subtract(const BouncerStats& before, BouncerStats& after) {
  after.xacts -= before.xacts;
  after.queries -= before.queries;
  after.received -= before.received;
  after.sent -= before.sent;
  after.xact_time -= before.xact_time;
  after.query_time -= before.query_time;
  after.wait_time -= before.wait_time;
  if (after.assignments) after.assignments = *after.assignments - before.assignments.value_or(0);
}

}  // namespace

BouncerSnapshots read_bouncer_stats(const std::vector<std::string>& files, std::optional<double> seconds) {
  BouncerSnapshots result;
  result.between = files.size() > 1;
  std::string version;
  std::vector<BouncerStats> before;
  if (result.between) before = snapshot(files.front(), version);
  result.databases = snapshot(files.back(), result.version);
  if (result.between && version != result.version)
    result.warnings.push_back(
        fmt::format("the first snapshot is of PgBouncer {}, the second of {}", version, result.version));
  for (BouncerStats& after : result.databases) {
    const auto known =
        std::find_if(before.begin(), before.end(), [&](const BouncerStats& b) { return b.database == after.database; });
    bool is_reset = false;
    if (known != before.end()) {
      is_reset = went_back(*known, after) || version != result.version;
      if (!is_reset) subtract(*known, after);
    }
    if (is_reset)
      result.warnings.push_back(
          fmt::format("{}: the second snapshot counts less than the first: PgBouncer was started "
                      "anew in between, or they are in the wrong order; figures are since then, "
                      "and have no rates",
                      after.database));
    if (seconds && *seconds > 0 && !is_reset) {
      after.rate_xacts = after.xacts / *seconds;
      after.rate_queries = after.queries / *seconds;
    }
  }
  for (const BouncerStats& b : before)
    if (std::none_of(result.databases.begin(), result.databases.end(),
                     [&](const BouncerStats& a) { return a.database == b.database; }))
      result.warnings.push_back(fmt::format("{}: only the first snapshot has this database", b.database));
  if (result.databases.empty())
    throw core::InputError({files.back(), 0, 0}, "", "holds no database but PgBouncer's own", stats_hint);
  return result;
}

std::vector<BouncerPool> read_bouncer_pools(const std::string& file) {
  NamedCsv table(file, pools_hint);
  const int database = table.need("database"), user = table.need("user");
  const int cl_active = table.need("cl_active"), cl_waiting = table.need("cl_waiting");
  const int sv_active = table.need("sv_active"), sv_idle = table.need("sv_idle");
  const int maxwait = table.need("maxwait");
  for (const int needed : {database, user, cl_active, cl_waiting, sv_active, sv_idle, maxwait})
    if (needed == NamedCsv::absent) table.finish();
  const int micros = table.column("maxwait_us"), mode = table.column("pool_mode");
  const int used = table.column("sv_used"), tested = table.column("sv_tested"), login = table.column("sv_login");
  std::vector<BouncerPool> result;
  while (table.next()) {
    Row row(table);
    BouncerPool pool{.database = std::string(table.text(database)),
                     .user = std::string(table.text(user)),
                     .mode = std::string(table.text(mode)),
                     .clients_active = row.whole(cl_active),
                     .clients_waiting = row.whole(cl_waiting),
                     .servers_active = row.whole(sv_active),
                     .servers_idle = row.whole(sv_idle),
                     .servers_used = row.whole(used),
                     .servers_tested = row.whole(tested),
                     .servers_login = row.whole(login),
                     .longest_wait = row.count(maxwait)};
    if (micros != NamedCsv::absent) pool.longest_wait += row.count(micros) * us;
    if (pool.database != own_database) result.push_back(std::move(pool));
  }
  table.finish();
  if (result.empty()) throw core::InputError({file, 0, 0}, "", "holds no pool but PgBouncer's own", pools_hint);
  return result;
}

}  // namespace capplan::plan
