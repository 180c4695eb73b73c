// Reading of Locust's files; source and limits in locust_csv.h.

#include "plan/capture/locust_csv.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "plan/format/named_csv.h"

namespace capplan::plan {

namespace {

constexpr double ms = 1e-3;
constexpr const char* hint = "locust --headless --csv PREFIX writes PREFIX_stats.csv, PREFIX_stats_history.csv, …";
constexpr const char* everything = "Aggregated";

bool is_missing(std::string_view cell) { return cell.empty() || cell == "N/A" || cell == "None"; }

/// A time in milliseconds as seconds; nothing for "N/A".
std::optional<double> seconds(NamedCsv& table, int column) {
  if (is_missing(table.text(column))) return std::nullopt;
  const auto got = table.number(column);
  return got ? std::optional(*got * ms) : std::nullopt;
}

std::optional<double> rate(NamedCsv& table, int column) {
  return is_missing(table.text(column)) ? std::nullopt : table.number(column);
}

/// A count that must be there.
std::int64_t count(NamedCsv& table, int column) {
  const auto got = table.count(column);
  if (!got && table.text(column).empty()) table.wrong(column, "is empty");
  return got.value_or(0);
}

void require(NamedCsv& table, std::initializer_list<int> columns) {
  if (std::any_of(columns.begin(), columns.end(), [](int c) { return c == NamedCsv::absent; })) table.finish();
}

/// The columns named "50%", "99.9%", … with their shares.
std::vector<std::pair<double, int>> percentile_columns(const NamedCsv& table) {
  std::vector<std::pair<double, int>> found;
  for (std::size_t i = 0; i < table.names().size(); ++i) {
    const std::string& name = table.names()[i];
    double percent = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), percent);
    if (failure == std::errc{} && name.size() > 1 && end + 1 == name.data() + name.size() && *end == '%' &&
        percent > 0 && percent <= 100)
      found.emplace_back(percent / 100, static_cast<int>(i));
  }
  std::sort(found.begin(), found.end());
  return found;
}

int percentile_column(const NamedCsv& table, double share) {
  for (const auto& [of, column] : percentile_columns(table))
    if (std::abs(of - share) < 1e-9) return column;
  return NamedCsv::absent;
}

}  // namespace

std::vector<LocustRequest> read_locust_stats(const std::string& path) {
  NamedCsv table(path, hint);
  const int name = table.need("Name"), requests = table.need("Request Count"), failures = table.need("Failure Count");
  const int mean = table.need("Average Response Time");
  require(table, {name, requests, failures, mean});
  const int type = table.column({"Type", "Method"}), median = table.column("Median Response Time");
  const int least = table.column("Min Response Time"), most = table.column("Max Response Time");
  const int per_s = table.column("Requests/s"), failures_per_s = table.column("Failures/s");
  const auto percentiles = percentile_columns(table);
  std::vector<LocustRequest> result;
  while (table.next()) {
    LocustRequest one;
    one.method = table.text(type);
    one.name = table.text(name);
    one.requests = count(table, requests);
    one.failures = count(table, failures);
    if (one.requests > 0) {
      one.mean = seconds(table, mean);
      one.median = seconds(table, median);
      one.least = seconds(table, least);
      one.most = seconds(table, most);
    }
    one.requests_per_s = rate(table, per_s);
    one.failures_per_s = rate(table, failures_per_s);
    for (const auto& [share, column] : percentiles) {
      one.percentiles.emplace_back(share, seconds(table, column));
      const auto n = one.percentiles.size();
      if (n > 1 && one.percentiles[n - 1].second && one.percentiles[n - 2].second &&
          *one.percentiles[n - 1].second < *one.percentiles[n - 2].second)
        table.wrong(column, "is less than the percentile before it");
    }
    if (one.failures > one.requests) table.wrong(failures, "is more than the requests");
    result.push_back(std::move(one));
  }
  table.finish();
  std::stable_partition(result.begin(), result.end(), [](const LocustRequest& r) { return r.name != everything; });
  return result;
}

LocustHistory read_locust_history(const std::string& path) {
  NamedCsv table(path, hint);
  const int at = table.need("Timestamp"), name = table.need("Name");
  const int requests = table.need("Total Request Count"), failures = table.need("Total Failure Count");
  require(table, {at, name, requests, failures});
  const int users = table.column({"User Count", "User count"});
  const int per_s = table.column("Requests/s"), failures_per_s = table.column("Failures/s");
  const int p50 = percentile_column(table, 0.5), p95 = percentile_column(table, 0.95),
            p99 = percentile_column(table, 0.99);
  LocustHistory history;
  while (table.next()) {
    if (table.text(name) != everything) {
      history.windowed = true;
      continue;
    }
    LocustMoment moment;
    moment.at = table.number(at).value_or(0);
    if (table.text(at).empty()) table.wrong(at, "is empty");
    moment.users = is_missing(table.text(users)) ? 0 : table.number(users).value_or(0);
    moment.requests_per_s = rate(table, per_s);
    moment.failures_per_s = rate(table, failures_per_s);
    moment.p50 = seconds(table, p50);
    moment.p95 = seconds(table, p95);
    moment.p99 = seconds(table, p99);
    moment.requests = count(table, requests);
    moment.failures = count(table, failures);
    if (!history.moments.empty() && moment.at < history.moments.back().at)
      table.wrong(at, "is before that of the row above: two runs in one file?");
    history.moments.push_back(moment);
  }
  table.finish();
  if (history.moments.empty())
    throw core::InputError({path, 0, 0}, "Name", fmt::format("no row is of all requests ('{}')", everything), hint);
  return history;
}

std::vector<LocustFailure> read_locust_failures(const std::string& path) {
  NamedCsv table(path, hint);
  const int method = table.need("Method"), name = table.need("Name"), error = table.need("Error");
  const int occurrences = table.need("Occurrences");
  require(table, {method, name, error, occurrences});
  std::vector<LocustFailure> result;
  while (table.next())
    result.push_back({std::string(table.text(method)), std::string(table.text(name)), std::string(table.text(error)),
                      count(table, occurrences)});
  table.finish(true);
  return result;
}

}  // namespace capplan::plan
