#include "plan/capture/inspected_rows.h"

#include <algorithm>

#include "core/units.h"
#include "plan/capture/sample_summary.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using Row = InspectedTable::Row;

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

}  // namespace capplan::plan
