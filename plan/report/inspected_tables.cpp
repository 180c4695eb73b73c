// What each reader found, table by table: which figures there are, and in which units.

#include "plan/report/inspected_tables.h"
#include "plan/scenario/server_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/fit/goodness.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using Row = InspectedTable::Row;

Estimate exact(double x) { return {x, x, x, true}; }
Estimate exact(const std::optional<double>& x) { return x ? exact(*x) : Estimate{}; }

/// The mean of moments with its interval, or, where that is not known, nothing beside it.
Estimate mean_of(const Moments& m) {
  if (m.count <= 0) return {};
  const Estimate sampled = m.mean_estimate();
  return sampled.known ? sampled : exact(m.mean());
}

std::string plural(std::size_t n, const char* one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); }

/// One class of a log of requests.
Row request_row(const std::string& name, std::vector<double> times, double waited, double seconds) {
  std::sort(times.begin(), times.end());
  const SampleSummary s = summarise(times);
  const auto n = static_cast<double>(times.size());
  return {{name},
          {exact(n), exact(seconds > 0 ? std::optional(n / seconds) : std::nullopt), s.mean,
           exact(n > 1 ? std::optional(s.cv * s.mean.value) : std::nullopt), s.p50, s.p95, s.p99, exact(s.greatest),
           exact(n > 0 ? waited / n : 0)}};
}

}  // namespace

void tabulate(const RequestLog& log, std::optional<double> seconds, Inspection& into) {
  core::Nanos last = 0;
  std::vector<std::vector<double>> times(log.classes.size());
  std::vector<double> all, waited(log.classes.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    last = std::max(last, log.finish_ns[i]);
    times[log.klass[i]].push_back(core::to_seconds(log.duration_ns[i]));
    all.push_back(times[log.klass[i]].back());
    waited[log.klass[i]] += core::to_seconds(log.lag_ns[i]);
  }
  const double span = seconds.value_or(core::to_seconds(last));
  InspectedTable table{"classes",
                       "by class",
                       {"class"},
                       {{"count", "count"},
                        {"rate_per_s", "rate", Unit::per_second},
                        {"mean_s", "mean", Unit::seconds, true},
                        {"stddev_s", "stddev", Unit::seconds},
                        {"p50_s", "p50", Unit::seconds, true},
                        {"p95_s", "p95", Unit::seconds, true},
                        {"p99_s", "p99", Unit::seconds, true},
                        {"max_s", "max", Unit::seconds},
                        {"wait_mean_s", "of it wait", Unit::seconds}},
                       {}};
  double every_wait = 0;
  for (std::size_t k = 0; k < times.size(); ++k) {
    every_wait += waited[k];
    if (!times[k].empty()) table.rows.push_back(request_row(log.classes[k], std::move(times[k]), waited[k], span));
  }
  table.rows.push_back(request_row("all", std::move(all), every_wait, span));
  std::int64_t skipped = 0, failed = 0;
  for (const std::int64_t n : log.skipped) skipped += n;
  for (const std::int64_t n : log.failed) failed += n;
  into.says = fmt::format("{} in {}, {} skipped, {} failed", plural(log.size(), "request"),
                          core::format_duration(core::to_seconds(last)), skipped, failed);
  into.tables.push_back(std::move(table));
  into.warnings.insert(into.warnings.end(), log.warnings.begin(), log.warnings.end());
  if (log.malformed > 0)
    into.warnings.push_back(fmt::format("{} of {} lines are malformed and were left out", log.malformed, log.lines));
  if (log.truncated) into.warnings.push_back("the gzip stream is damaged or ends early; the rest is missing");
}

void tabulate(const AggregateLog& log, Inspection& into) {
  InspectedTable totals{"total",
                        "over all intervals",
                        {""},
                        {{"count", "count"},
                         {"rate_per_s", "rate", Unit::per_second, true},
                         {"mean_s", "mean", Unit::seconds, true},
                         {"stddev_s", "stddev", Unit::seconds},
                         {"min_s", "min", Unit::seconds},
                         {"max_s", "max", Unit::seconds},
                         {"lag_mean_s", "of it lag", Unit::seconds},
                         {"skipped", "skipped"},
                         {"failed", "failed"},
                         {"retries", "retries"}},
                        {}};
  const auto failed = [](const AggregateInterval& i) {
    return static_cast<double>(i.serialization_failures + i.deadlock_failures);
  };
  const auto lag = [](const AggregateInterval& i) {
    return i.lag.count > 0 ? std::optional(i.lag.mean()) : std::nullopt;
  };
  const auto row = [&](std::string name, const AggregateInterval& i, const Estimate& rate) {
    return Row{{std::move(name)},
               {exact(i.latency.count), rate, mean_of(i.latency), exact(i.latency.stddev()), exact(i.latency.least),
                exact(i.latency.most), exact(lag(i)), exact(static_cast<double>(i.skipped)), exact(failed(i)),
                exact(static_cast<double>(i.retries))}};
  };
  totals.rows.push_back(row("all", log.total, log.rate_estimate));
  InspectedTable series = totals;
  series.key = "intervals";
  series.title = "by interval, from its start";
  series.labels = {"start"};
  series.rows.clear();
  series.columns[1].sampled = false;
  for (const AggregateInterval& i : log.intervals) {
    const double rate = log.interval > 0 ? i.latency.count / static_cast<double>(log.interval) : 0;
    series.rows.push_back(row(fmt::format("+{} s", i.start - log.intervals.front().start), i,
                              log.interval > 0 ? exact(rate) : Estimate{}));
  }
  into.says =
      fmt::format("{} transactions in {} of {} s, from {} s since 1970 on; {} columns", log.total.latency.count,
                  plural(log.intervals.size(), "interval"), log.interval, log.intervals.front().start, log.columns);
  into.tables.push_back(std::move(totals));
  into.tables.push_back(std::move(series));
  into.warnings.insert(into.warnings.end(), log.warnings.begin(), log.warnings.end());
}

std::vector<InspectedColumn> block_columns() {
  return {{"rows", "rows"},
          {"pages_hit", "pages hit"},
          {"pages_read", "read"},
          {"pages_dirtied", "dirtied"},
          {"pages_written", "written"},
          {"temp_pages_read", "temp read"},
          {"temp_pages_written", "temp written"},
          {"read_s", "reading", Unit::seconds},
          {"write_s", "writing", Unit::seconds}};
}

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

void tabulate(const std::vector<BouncerPool>& pools, Inspection& into) {
  InspectedTable table{"pools",
                       "by pool, at one moment",
                       {"database", "user", "mode"},
                       {{"clients_active", "clients"},
                        {"clients_waiting", "waiting"},
                        {"longest_wait_s", "for up to", Unit::seconds},
                        {"servers_active", "servers"},
                        {"servers_idle", "idle"},
                        {"servers_used", "used"},
                        {"servers_tested", "tested"},
                        {"servers_login", "login"}},
                       {}};
  for (const BouncerPool& p : pools) {
    const auto n = [](std::int64_t count) { return exact(static_cast<double>(count)); };
    table.rows.push_back({{p.database, p.user, p.mode},
                          {n(p.clients_active), n(p.clients_waiting), exact(p.longest_wait), n(p.servers_active),
                           n(p.servers_idle), n(p.servers_used), n(p.servers_tested), n(p.servers_login)}});
  }
  into.says = plural(pools.size(), "pool");
  into.tables.push_back(std::move(table));
}

void tabulate(const BouncerLog& log, Inspection& into) {
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

void tabulate(const std::vector<LocustRequest>& requests, Inspection& into) {
  InspectedTable table{"requests",
                       "by request, failures among them",
                       {"type", "name"},
                       {{"count", "count"},
                        {"failures", "failed"},
                        {"rate_per_s", "rate", Unit::per_second},
                        {"mean_s", "mean", Unit::seconds},
                        {"min_s", "min", Unit::seconds},
                        {"max_s", "max", Unit::seconds}},
                       {}};
  for (const auto& [share, value] : requests.front().percentiles)
    table.columns.push_back({fmt::format("p{:g}_s", 100 * share), fmt::format("p{:g}", 100 * share), Unit::seconds});
  for (const LocustRequest& r : requests) {
    Row row{{r.method, r.name},
            {exact(static_cast<double>(r.requests)), exact(static_cast<double>(r.failures)), exact(r.requests_per_s),
             exact(r.mean), exact(r.least), exact(r.most)}};
    for (const auto& [share, value] : r.percentiles) row.figures.push_back(exact(value));
    table.rows.push_back(std::move(row));
  }
  into.says = fmt::format("{}; percentiles are Locust's, rounded by it", plural(requests.size(), "row"));
  into.tables.push_back(std::move(table));
}

void tabulate(const LocustHistory& history, Inspection& into) {
  InspectedTable table{"moments",
                       "all requests, second by second",
                       {"at"},
                       {{"users", "users"},
                        {"rate_per_s", "rate", Unit::per_second},
                        {"failures_per_s", "failures", Unit::per_second},
                        {"p50_s", "p50", Unit::seconds},
                        {"p95_s", "p95", Unit::seconds},
                        {"p99_s", "p99", Unit::seconds},
                        {"count", "count so far"}},
                       {}};
  const double first = history.moments.front().at;
  for (const LocustMoment& m : history.moments)
    table.rows.push_back({{fmt::format("+{:.0f} s", m.at - first)},
                          {exact(m.users), exact(m.requests_per_s), exact(m.failures_per_s), exact(m.p50), exact(m.p95),
                           exact(m.p99), exact(static_cast<double>(m.requests))}});
  into.says = fmt::format("{} over {}; percentiles are of {}", plural(history.moments.size(), "moment"),
                          core::format_duration(history.moments.back().at - first),
                          history.windowed ? "about the last ten seconds" : "the run so far");
  into.tables.push_back(std::move(table));
}

void tabulate(const std::vector<LocustFailure>& failures, Inspection& into) {
  InspectedTable table{"failures", "failures", {"method", "name", "error"}, {{"occurrences", "occurrences"}}, {}};
  for (const LocustFailure& f : failures)
    table.rows.push_back({{f.method, f.name, f.error}, {exact(static_cast<double>(f.occurrences))}});
  into.says = failures.empty() ? "no request failed" : plural(failures.size(), "kind of failure");
  into.tables.push_back(std::move(table));
}

void tabulate(const ServerSettings& settings, Inspection& into) {
  using Kind = ServerSetting::Kind;
  const ServerSection section = server_section(settings);
  const std::vector<InspectedColumn> columns = {
      {"bytes", "bytes", Unit::bytes}, {"seconds", "seconds", Unit::seconds}, {"number", "number"}};
  const auto row = [](const ServerSetting& s, const std::string& value) {
    const auto of = [&](Kind kind) { return s.kind == kind ? exact(s.value) : Estimate{}; };
    return Row{{s.name, value}, {of(Kind::bytes), of(Kind::seconds), of(Kind::number)}};
  };
  InspectedTable table{"settings", "in a scenario's [server.NAME]", {"setting", "value"}, columns, {}};
  for (const ServerSection::Entry& entry : section.modelled)
    table.rows.push_back(row(*settings.find(entry.name), entry.value));
  InspectedTable rest{"not_modelled", "not modelled", {"setting", "value"}, columns, {}, false};
  for (const std::string& name : section.not_modelled) {
    const ServerSetting& s = *settings.find(name);
    rest.rows.push_back(row(s, s.written + s.unit));
  }
  into.says = fmt::format(
      "{}, of which the model knows {}; --as-server NAME writes them as a section, and what is not modelled beside "
      "them",
      plural(settings.all.size(), "setting"), section.modelled.size());
  into.tables.push_back(std::move(table));
  into.tables.push_back(std::move(rest));
  into.warnings.insert(into.warnings.end(), section.refused.begin(), section.refused.end());
}

}  // namespace capplan::plan
