// Parsing of one line with std::from_chars. Source and limits: see pgbench_line.h.

#include "plan/capture/pgbench_line.h"

#include <fmt/core.h>

#include <charconv>
#include <limits>
#include "plan/format/shown.h"

namespace capplan::plan {

namespace {

using core::Nanos;
using Outcome = PgbenchRow::Outcome;

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t longest_time_us = 1'000'000'000'000;
constexpr std::int64_t last_epoch_s = 9'000'000'000;
constexpr Nanos year = 366LL * 86400 * core::second;

/// Reads a whole number in [0, greatest]; says in `error` which column is wrong.
bool whole(std::string_view text, const char* column, std::int64_t greatest, std::int64_t& value, std::string& error) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::invalid_argument || (code == std::errc() && end != text.data() + text.size()))
    error = fmt::format("{} is not a whole number: '{}'", column, shown(text));
  else if (code == std::errc() && value < 0)
    error = fmt::format("{} is negative: {}", column, value);
  else if (code != std::errc() || value > greatest)
    error = fmt::format("{} is out of range: '{}'", column, shown(text));
  return error.empty();
}

Outcome outcome(std::string_view time) {
  if (time == "skipped") return Outcome::skipped;
  if (time == "failed" || time == "serialization" || time == "deadlock") return Outcome::failed;
  return Outcome::completed;
}

}  // namespace

/// "0 1 1345 2 …" without what a terminal would not show, cut to 40 characters.
void PgbenchLineParser::split(std::string_view line) {
  count_ = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < line.size() && line[end] != ' ') ++end;
    if (count_ < column_.size()) column_[count_] = line.substr(i, end - i);
    ++count_;
    i = end;
  }
}

bool PgbenchLineParser::expected_columns(PgbenchRow& row) const {
  if (columns_ != 0 ? count_ == columns_ : count_ == least() || count_ == least() + 1) return true;
  row.error = columns_ != 0 ? fmt::format("{} columns where the lines before have {}", count_, columns_)
                            : fmt::format("{} columns; {} are expected {} schedule_lag, one more with retries", count_,
                                          least(), lag_ ? "with" : "without");
  return false;
}

void PgbenchLineParser::parse(std::string_view line, PgbenchRow& row) {
  row.error.clear();
  split(line);
  if (!expected_columns(row)) return;
  row.outcome = outcome(column_[2]);
  const bool completed = row.outcome == Outcome::completed;
  std::int64_t client = 0, number = 0, time = 0, script = 0, epoch = 0, micros = 0, lag = 0, retries = 0;
  const bool good = whole(column_[0], "client_id", std::numeric_limits<std::int32_t>::max(), client, row.error) &&
                    whole(column_[1], "transaction_no", any, number, row.error) &&
                    (!completed || whole(column_[2], "time", longest_time_us, time, row.error)) &&
                    whole(column_[3], "script_no", any, script, row.error) &&
                    whole(column_[4], "time_epoch", last_epoch_s, epoch, row.error) &&
                    whole(column_[5], "time_us", 999'999, micros, row.error) &&
                    (!lag_ || whole(column_[6], "schedule_lag", longest_time_us, lag, row.error)) &&
                    (count_ == least() || whole(column_[least()], "retries", any, retries, row.error));
  if (!good) return;
  const Nanos finish = epoch * core::second + micros * core::microsecond;
  if (static_cast<std::uint64_t>(script) >= classes_)
    row.error = fmt::format("script_no {} where the manifest names {} classes", script, classes_);
  else if (completed && lag > time)
    row.error = fmt::format("schedule_lag {} is greater than time {}", lag, time);
  else if (columns_ != 0 && (finish - first_ > year || first_ - finish > year))
    row.error = fmt::format("time_epoch {} is more than a year from that of the first line", epoch);
  if (!row.error.empty()) return;
  row.client = static_cast<std::int32_t>(client);
  row.klass = static_cast<std::uint16_t>(script);
  row.finish = finish;
  row.duration = time * core::microsecond;
  row.lag = completed ? lag * core::microsecond : 0;
  row.retries = retries;
  if (columns_ == 0) first_ = finish;
  columns_ = count_;
}

}  // namespace capplan::plan
