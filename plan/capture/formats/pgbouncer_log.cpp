// The log of PgBouncer: a line of stats every stats_period. Source and limits: plan/capture/bouncer_log.h.

#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "plan/capture/bouncer_log.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"

namespace capplan::plan {

namespace {

void inspect_bouncer_log(const std::string& file, const InspectOptions&, Inspection& into) {
  const BouncerLog log = read_bouncer_log(file);
  InspectedTable table{"periods",
                       "by stats_period, from its end",
                       {"end"},
                       {{"transactions_per_s", "transactions", Unit::per_second},
                        {"queries_per_s", "queries", Unit::per_second},
                        {"received_bytes_per_s", "received/s", Unit::bytes},
                        {"sent_bytes_per_s", "sent/s", Unit::bytes},
                        {"transaction_mean_s", "transaction", Unit::seconds},
                        {"query_mean_s", "query", Unit::seconds},
                        {"wait_mean_s", "of it wait", Unit::seconds}},
                       {}};
  std::optional<core::Nanos> first;
  std::vector<double> rates;
  for (const BouncerPeriod& p : log.periods) {
    if (!first) first = p.at;
    rates.push_back(p.xacts_per_s);
    table.rows.push_back({{p.at && first ? fmt::format("+{:.0f} s", core::to_seconds(*p.at - *first))
                                         : fmt::format("#{}", rates.size())},
                          {exact(p.xacts_per_s), exact(p.queries_per_s), exact(p.received_per_s), exact(p.sent_per_s),
                           exact(p.xact_time), exact(p.query_time), exact(p.wait)}});
  }
  double sum = 0;
  for (const double rate : rates) sum += rate;
  into.says = fmt::format("{} of stats{}{}; {:.1f} transactions/s on average, {:.0f} at most",
                          plural(log.periods.size(), "line"), log.version.empty() ? "" : " of PgBouncer ", log.version,
                          sum / static_cast<double>(rates.size()), *std::max_element(rates.begin(), rates.end()));
  into.tables.push_back(std::move(table));
  into.warnings.insert(into.warnings.end(), log.warnings.begin(), log.warnings.end());
}

/// One line of stats will do, wherever it stands: a busy log has thousands of others between two of them.
Likeness bouncer_log_likeness(const FileSample& sample) {
  const std::string_view text = sample.text;
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  if (has("process up: PgBouncer") || (has("stats: ") && has(" xacts/s"))) return {1};
  const double own = share_of_lines(sample, [](std::string_view line) {
    return line.find("] LOG C-0x") != line.npos || line.find("] LOG S-0x") != line.npos;
  });
  return {0.4 * own, "lines of stats: log_stats = 1"};
}

}  // namespace

CaptureFormat pgbouncer_log_format();

CaptureFormat pgbouncer_log_format() {
  return {.name = "pgbouncer_log",
          .title = "a log of PgBouncer",
          .made_by = "logfile of PgBouncer with log_stats = 1",
          .holds = "of each stats_period: transactions, queries, their mean times, waits, bytes",
          .likeness = bouncer_log_likeness,
          .inspect = inspect_bouncer_log};
}

}  // namespace capplan::plan
