// Snapshots of pg_stat_statements. Source and limits: plan/capture/statement_stats.h.

#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/inspected_snapshots.h"
#include "plan/capture/manifest.h"
#include "plan/capture/statement_stats.h"

namespace capplan::plan {

namespace {

using Row = InspectedTable::Row;

}  // namespace

void tabulate(const StatementSnapshots& snapshots, Inspection& into) {
  using C = StatementCounter;
  InspectedTable times{"statements",
                       "by class of statements: executions",
                       {"class"},
                       {{"calls", "calls"},
                        {"rate_per_s", "rate", Unit::per_second},
                        {"mean_s", "mean", Unit::seconds, true},
                        {"stddev_s", "stddev", Unit::seconds},
                        {"min_s", "min", Unit::seconds},
                        {"max_s", "max", Unit::seconds},
                        {"plan_mean_s", "planning", Unit::seconds},
                        {"share", "of the time", Unit::ratio}},
                       {}};
  InspectedTable counts{"counters", "of one call", {"class"}, block_columns(), {}};
  counts.columns.push_back({"wal_records", "WAL records"});
  counts.columns.push_back({"wal_bytes", "WAL", Unit::bytes});
  double sum = 0;
  for (const StatementStats& s : snapshots.classes) sum += s.execution.sum;
  for (const StatementStats& s : snapshots.classes) {
    times.rows.push_back({{s.name},
                          {exact(s.execution.count), exact(s.rate), mean_of(s.execution), exact(s.execution.stddev()),
                           exact(s.execution.least), exact(s.execution.most),
                           exact(s.planning.count > 0 ? std::optional(s.planning.mean()) : std::nullopt),
                           exact(sum > 0 ? std::optional(s.execution.sum / sum) : std::nullopt)}});
    Row row{{s.name}, {}};
    for (std::size_t i = 0; i < statement_counters; ++i) row.figures.push_back(exact(s.per_call(static_cast<C>(i))));
    counts.rows.push_back(std::move(row));
  }
  into.says = fmt::format("{} of {}, {}; executions alone, without parsing, planning and commit",
                          plural(static_cast<std::size_t>(snapshots.statements), "statement"), snapshots.version,
                          snapshots.between ? "between two snapshots" : "since the counters were reset");
  InspectedTable texts{"texts", "a statement of each", {"class", "statement"}, {}, {}};
  for (const StatementStats& s : snapshots.classes) texts.rows.push_back({{s.name, s.example}, {}});
  into.tables.push_back(std::move(times));
  into.tables.push_back(std::move(counts));
  into.tables.push_back(std::move(texts));
  into.warnings.insert(into.warnings.end(), snapshots.warnings.begin(), snapshots.warnings.end());
}

namespace {

void inspect_statements(const std::string& file, const InspectOptions& options, Inspection& into) {
  tabulate(read_statement_stats(with_before(options, file), {}, options.seconds), into);
}

void inspect_statement_log(const CaptureManifest& m, bool, Inspection& into) {
  tabulate(read_statement_stats({m.log}, m, core::to_seconds(m.duration)), into);
}

Likeness statements_likeness(const FileSample& sample) {
  const Likeness whole = table_likeness(sample, {"calls", "query"});
  const Likeness named = table_likeness(sample, {"total_exec_time|shared_blks_hit"});
  return named.share > whole.share ? named : whole;
}

}  // namespace

CaptureFormat statement_stats_format();

CaptureFormat statement_stats_format() {
  return {.name = "pg_stat_statements",
          .title = "a snapshot of pg_stat_statements",
          .made_by = "psql --csv -c 'SELECT * FROM pg_stat_statements'",
          .holds = "of each class of statements: calls, mean and extremes of time, rows, blocks, WAL",
          .likeness = statements_likeness,
          .inspect = inspect_statements,
          .snapshot = true,
          .log_word = "pg_stat_statements",
          .inspect_log = inspect_statement_log};
}

}  // namespace capplan::plan
