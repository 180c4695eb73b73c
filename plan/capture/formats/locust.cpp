// The three tables that locust --csv writes. Source and limits: plan/capture/locust_csv.h.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/locust_csv.h"

namespace capplan::plan {

namespace {

using Row = InspectedTable::Row;

void inspect_stats(const std::string& file, const InspectOptions&, Inspection& into) {
  const std::vector<LocustRequest> requests = read_locust_stats(file);
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

void inspect_history(const std::string& file, const InspectOptions&, Inspection& into) {
  const LocustHistory history = read_locust_history(file);
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

void inspect_failures(const std::string& file, const InspectOptions&, Inspection& into) {
  const std::vector<LocustFailure> failures = read_locust_failures(file);
  InspectedTable table{"failures", "failures", {"method", "name", "error"}, {{"occurrences", "occurrences"}}, {}};
  for (const LocustFailure& f : failures)
    table.rows.push_back({{f.method, f.name, f.error}, {exact(static_cast<double>(f.occurrences))}});
  into.says = failures.empty() ? "no request failed" : plural(failures.size(), "kind of failure");
  into.tables.push_back(std::move(table));
}

Likeness stats_likeness(const FileSample& sample) {
  const Likeness history = table_likeness(sample, {"Total Request Count"});
  return history.share >= recognised ? Likeness{0, "a column named Request Count"}
                                     : table_likeness(sample, {"Request Count"});
}

Likeness history_likeness(const FileSample& sample) { return table_likeness(sample, {"Total Request Count"}); }

Likeness failures_likeness(const FileSample& sample) { return table_likeness(sample, {"Occurrences", "Error"}); }

}  // namespace

CaptureFormat locust_stats_format();
CaptureFormat locust_history_format();
CaptureFormat locust_failures_format();

CaptureFormat locust_stats_format() {
  return {.name = "locust_stats",
          .title = "statistics of Locust",
          .made_by = "locust --csv: PREFIX_stats.csv",
          .holds = "of each request: count, failures, rate, mean, extremes, percentiles",
          .likeness = stats_likeness,
          .inspect = inspect_stats,
          .log_word = "locust"};
}

CaptureFormat locust_history_format() {
  return {.name = "locust_history",
          .title = "a history of Locust",
          .made_by = "locust --csv: PREFIX_stats_history.csv",
          .holds = "of all requests, moment by moment: users, rate, failures, percentiles",
          .likeness = history_likeness,
          .inspect = inspect_history,
          .log_word = "locust"};
}

CaptureFormat locust_failures_format() {
  return {.name = "locust_failures",
          .title = "failures of Locust",
          .made_by = "locust --csv: PREFIX_failures.csv",
          .holds = "of each kind of failure: how often",
          .likeness = failures_likeness,
          .inspect = inspect_failures,
          .log_word = "locust"};
}

}  // namespace capplan::plan
