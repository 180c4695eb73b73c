// SHOW STATS of PgBouncer. Source and limits: plan/capture/bouncer_stats.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/inspected_snapshots.h"

namespace capplan::plan {

void tabulate(const BouncerSnapshots& snapshots, Inspection& into) {
  InspectedTable totals{"databases",
                        "by database",
                        {"database"},
                        {{"transactions", "transactions"},
                         {"transactions_per_s", "rate", Unit::per_second},
                         {"queries", "queries"},
                         {"queries_per_s", "rate", Unit::per_second},
                         {"transaction_mean_s", "transaction", Unit::seconds},
                         {"query_mean_s", "query", Unit::seconds},
                         {"wait_mean_s", "of it wait", Unit::seconds},
                         {"received_bytes", "received", Unit::bytes},
                         {"sent_bytes", "sent", Unit::bytes}},
                        {}};
  InspectedTable periods{"last_period",
                         "over the last stats_period",
                         {"database"},
                         {{"transactions_per_s", "transactions", Unit::per_second},
                          {"queries_per_s", "queries", Unit::per_second},
                          {"transaction_mean_s", "transaction", Unit::seconds},
                          {"query_mean_s", "query", Unit::seconds},
                          {"wait_mean_s", "of it wait", Unit::seconds}},
                         {}};
  for (const BouncerStats& d : snapshots.databases) {
    totals.rows.push_back(
        {{d.database},
         {exact(d.xacts), exact(d.rate_xacts), exact(d.queries), exact(d.rate_queries), exact(d.mean_xact()),
          exact(d.mean_query()), exact(d.mean_wait()), exact(d.received), exact(d.sent)}});
    if (d.period)
      periods.rows.push_back({{d.database},
                              {exact(d.period->xacts_per_s), exact(d.period->queries_per_s), exact(d.period->xact_time),
                               exact(d.period->query_time), exact(d.period->wait)}});
  }
  into.says = fmt::format(
      "PgBouncer {}, {}; the wait is that of {}", snapshots.version,
      snapshots.between ? "between two snapshots" : "since it was started",
      snapshots.databases.front().assignments ? "a server assignment" : "a transaction, and a part of its time");
  into.tables.push_back(std::move(totals));
  if (!periods.rows.empty()) into.tables.push_back(std::move(periods));
  into.warnings.insert(into.warnings.end(), snapshots.warnings.begin(), snapshots.warnings.end());
}

namespace {

void inspect_stats(const std::string& file, const InspectOptions& options, Inspection& into) {
  tabulate(read_bouncer_stats(with_before(options, file), options.seconds), into);
}

Likeness stats_likeness(const FileSample& sample) {
  return table_likeness(sample, {"total_xact_count|total_query_count"});
}

}  // namespace

CaptureFormat show_stats_format();

CaptureFormat show_stats_format() {
  return {.name = "show_stats",
          .title = "SHOW STATS of PgBouncer",
          .made_by = "psql --csv -c 'SHOW STATS' pgbouncer",
          .holds = "of each database: transactions, queries, their mean times, waits, bytes",
          .likeness = stats_likeness,
          .inspect = inspect_stats,
          .snapshot = true};
}

}  // namespace capplan::plan
