// Reading of pgbench's log by intervals; columns, source and limits in pgbench_aggregate.h.

#include "plan/capture/pgbench_aggregate.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "core/error.h"
#include "core/interval.h"
#include "plan/capture/log_lines.h"
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

constexpr std::size_t longest_line = 1024;
constexpr std::size_t most_problems = 10;
constexpr std::size_t most_intervals = 10'000'000;
constexpr double us = 1e-6;
constexpr std::array<const char*, 15> names = {"interval_start",   "num_transactions",
                                               "sum_latency",      "sum_latency_2",
                                               "min_latency",      "max_latency",
                                               "sum_lag",          "sum_lag_2",
                                               "min_lag",          "max_lag",
                                               "skipped",          "retried",
                                               "retries",          "serialization_failures",
                                               "deadlock_failures"};
constexpr const char* hint = "pgbench --log --aggregate-interval=1 writes such a log";

/// A line as numbers; `error` says what is wrong with it, at which character.
struct Row {
  std::array<double, 15> value{};
  int columns = 0;
  std::string error;
  std::size_t at = 0;
};

void parse(std::string_view line, Row& row) {
  row.columns = 0;
  row.error.clear();
  for (std::size_t from = 0; from < line.size();) {
    if (line[from] == ' ') {
      ++from;
      continue;
    }
    const std::size_t end = std::min(line.find(' ', from), line.size());
    const std::string_view word = line.substr(from, end - from);
    const auto i = static_cast<std::size_t>(row.columns++);
    row.at = from;
    if (i >= names.size()) {
      row.error = "more than 15 columns";
      return;
    }
    const auto [stop, failure] = std::from_chars(word.data(), word.data() + word.size(), row.value[i]);
    if (failure == std::errc::result_out_of_range || (failure == std::errc{} && row.value[i] > 1e18))
      row.error = fmt::format("{} is out of range: '{}'", names[i], shown(word));
    else if (failure != std::errc{} || stop != word.data() + word.size() || !(std::abs(row.value[i]) <= 1e18))
      row.error = fmt::format("{} is not a number: '{}'", names[i], shown(word));
    else if (row.value[i] < 0)
      row.error = fmt::format("{} is negative: {}", names[i], shown(word));
    else if (row.value[i] != std::floor(row.value[i]))
      row.error = fmt::format("{} is not a whole number: '{}'", names[i], shown(word));
    if (!row.error.empty()) return;
    from = end;
  }
  row.at = 0;
  if (row.columns != 6 && row.columns != 10 && row.columns != 11 && row.columns != 15)
    row.error = fmt::format("{} columns; 6, 10, 11 or 15 are expected", row.columns);
  else if (row.value[0] < 1e8 || row.value[0] > 9e9)
    row.error = fmt::format("interval_start {:.0f} is no time in seconds since 1970", row.value[0]);
}

/// Count, sum, sum of squares, least and most, as they are written, to moments; false if they contradict each other.
bool moments(double count, const double* of, Moments& into) {
  const double sum = of[0], squares = of[1], least = of[2], most = of[3];
  into = {};
  if (count <= 0) return sum == 0 && squares == 0;
  const double mean = sum / count;
  if (mean < least - 1 || mean > most + 1 || least > most) return false;
  const double scatter = squares - sum * mean;
  // Each square was rounded to a microsecond's, and doubles hold 53 bits.
  if (scatter < -(1 + 2 * count + 1e-12 * squares + 2 * sum)) return false;
  into = {count, sum * us, std::max(0.0, scatter) * us * us, least * us, most * us};
  return true;
}

bool interval_of(const Row& row, AggregateInterval& into, std::string& error) {
  const auto whole = [&](std::size_t i) { return static_cast<std::int64_t>(row.value[i]); };
  into = {};
  into.start = whole(0);
  into.skipped = whole(10);
  double completed = row.value[1];
  if (row.columns == 11) completed -= row.value[10];
  if (row.columns == 15) {
    into.retried = whole(11);
    into.retries = whole(12);
    into.serialization_failures = whole(13);
    into.deadlock_failures = whole(14);
  }
  if (completed < 0)
    error = "skipped is more than num_transactions";
  else if (!moments(completed, &row.value[2], into.latency))
    error = "count, sums, least and greatest latency contradict each other";
  else if (row.columns > 6 && !(row.value[6] == 0 && row.value[7] == 0) && !moments(completed, &row.value[6], into.lag))
    error = "count, sums, least and greatest lag contradict each other";
  else if (row.columns > 6 && into.lag.count == 0)
    into.lag = {completed, 0, 0.0, 0.0, 0.0};
  return error.empty();
}

void add(const AggregateInterval& from, AggregateInterval& into) {
  into.latency.add(from.latency);
  into.lag.add(from.lag);
  into.skipped += from.skipped;
  into.retried += from.retried;
  into.retries += from.retries;
  into.serialization_failures += from.serialization_failures;
  into.deadlock_failures += from.deadlock_failures;
}

/// The length of intervals, what is missing, and the rate over those that are whole.
void measure(AggregateLog& log) {
  std::map<std::int64_t, std::int64_t> lengths;
  for (std::size_t i = 1; i < log.intervals.size(); ++i) ++lengths[log.intervals[i].start - log.intervals[i - 1].start];
  for (const auto& [length, times] : lengths)
    if (log.interval == 0 || times > lengths[log.interval]) log.interval = length;
  std::int64_t missing = 0;
  for (const auto& [length, times] : lengths)
    if (length != log.interval) missing += times;
  if (missing > 0)
    log.warnings.push_back(fmt::format("{} of {} starts are not {} s after the one before", missing,
                                       log.intervals.size() - 1, log.interval));
  std::vector<double> rates;
  double completed = 0;
  for (std::size_t i = 1; i + 1 < log.intervals.size(); ++i) {
    completed += log.intervals[i].latency.count;
    rates.push_back(log.intervals[i].latency.count / static_cast<double>(log.interval));
  }
  if (rates.empty()) {
    log.warnings.push_back("fewer than three intervals: none of them is known to be whole, and so is no rate");
    return;
  }
  log.rate = completed / static_cast<double>(rates.size()) / static_cast<double>(log.interval);
  log.rate_estimate = core::mean_interval(rates);
}

}  // namespace

AggregateLog read_pgbench_aggregate(const std::string& path) {
  ByteSource source(path);
  LogLines lines(source, longest_line);
  AggregateLog log;
  std::map<std::int64_t, AggregateInterval> by_start;
  std::vector<core::Problem> problems;
  const auto refuse = [&](std::size_t at, std::string what) {
    problems.push_back(
        {{path, static_cast<int>(std::min<std::int64_t>(lines.number(), 2'000'000'000)), static_cast<int>(at) + 1},
         "",
         std::move(what),
         problems.empty() ? hint : ""});
  };
  Row row;
  AggregateInterval one;
  for (auto step = lines.next(); step != LogLines::Step::end && problems.size() < most_problems; step = lines.next()) {
    if (step == LogLines::Step::overlong) {
      refuse(0, fmt::format("line is longer than {} bytes: not a pgbench log?", longest_line));
      continue;
    }
    if (lines.text().empty()) continue;
    ++log.lines;
    parse(lines.text(), row);
    std::string error = row.error;
    if (error.empty() && log.columns != 0 && row.columns != log.columns)
      error = fmt::format("{} columns where the lines before have {}", row.columns, log.columns);
    if (error.empty() && interval_of(row, one, error)) {
      log.columns = row.columns;
      auto [known, is_new] = by_start.try_emplace(one.start);
      known->second.start = one.start;
      add(one, known->second);
      if (by_start.size() > most_intervals) error = fmt::format("more than {} intervals", most_intervals);
    }
    if (!error.empty()) refuse(row.at, fmt::format("{} in '{}'", error, shown(lines.text())));
  }
  if (!source.damage().empty())
    problems.push_back(
        {{path, 0, 0}, "", fmt::format("{} after {} lines", source.damage(), log.lines), "copy the log again"});
  if (problems.empty() && by_start.empty()) problems.push_back({{path, 0, 0}, "", "the log is empty", hint});
  if (!problems.empty()) throw core::InputError(std::move(problems));
  for (const auto& [start, interval] : by_start) {
    log.intervals.push_back(interval);
    add(interval, log.total);
  }
  log.total.start = log.intervals.front().start;
  measure(log);
  return log;
}

}  // namespace capplan::plan
