// The log of pgbench by intervals: a line an interval. Source and limits: plan/capture/pgbench_aggregate.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/pgbench_aggregate.h"
#include "plan/capture/pgbench_words.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using Row = InspectedTable::Row;

void inspect_aggregate(const std::string& file, const InspectOptions&, Inspection& into) {
  const AggregateLog log = read_pgbench_aggregate(file);
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

Likeness aggregate_likeness(const FileSample& sample) {
  return {share_of_lines(sample, [](std::string_view line) { return pgbench_words(line) == PgbenchLine::interval; }),
          "lines of 6, 10, 11 or 15 numbers, the first a time in seconds since 1970"};
}

}  // namespace

CaptureFormat pgbench_aggregate_format();

CaptureFormat pgbench_aggregate_format() {
  return {.name = "pgbench-aggregate",
          .title = "a log of pgbench by intervals",
          .made_by = "pgbench --log --aggregate-interval",
          .holds = "of each interval: transactions, mean and extremes of latency and lag, failures, retries",
          .likeness = aggregate_likeness,
          .inspect = inspect_aggregate,
          .log_word = "pgbench-aggregate"};
}

}  // namespace capplan::plan
