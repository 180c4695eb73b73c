// Reading of stats: lines; their forms and limits in bouncer_log.h.

#include "plan/capture/bouncer_log.h"

#include <fmt/core.h>

#include <array>
#include <charconv>

#include "plan/capture/log_lines.h"
#include "plan/format/shown.h"
#include "plan/format/written_time.h"

namespace capplan::plan {

namespace {

constexpr std::size_t longest_line = 65'536;
constexpr std::int64_t most_malformed = 2;  // a log may begin and end within a line
constexpr double us = 1e-6;
constexpr const char* hint = "log_stats = 1 and stats_period = 60 in pgbouncer.ini write lines with stats:";

enum Item : std::size_t { xacts, queries, parses, received, sent, xact, query, wait, items };
constexpr std::array<const char*, items> item_names = {"xacts/s", "queries/s", "client parses/s", "in B/s",
                                                       "out B/s", "xact us",   "query us",        "wait us"};

struct StatsLine {
  std::array<std::optional<double>, items> value{};
  std::string error;
};

/// "779 xacts/s" or "in 120177 B/s": the number, and the words around it with one blank between.
bool split(std::string_view item, double& number, std::string& words) {
  words.clear();
  bool found = false;
  while (!item.empty()) {
    const std::string_view word = item.substr(0, item.find(' '));
    item.remove_prefix(std::min(item.size(), word.size() + 1));
    if (word.empty()) continue;
    std::uint64_t whole = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), whole);
    if (failure == std::errc{} && end == word.data() + word.size() && !found) {
      number = static_cast<double>(whole);
      found = true;
    } else if (failure != std::errc::invalid_argument) {
      return false;
    } else {
      words += (words.empty() ? "" : " ") + std::string(word);
    }
  }
  return found;
}

void parse(std::string_view text, StatsLine& line) {
  line = {};
  std::string words;
  while (!text.empty() && line.error.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    double number = 0;
    if (!split(item, number, words)) {
      line.error = fmt::format("'{}' has no whole number", shown(item));
      return;
    }
    for (std::size_t i = 0; i < items; ++i)
      if (words == item_names[i]) line.value[i] = number;
  }
  for (std::size_t i = 0; i < items; ++i)
    if (i != parses && !line.value[i]) line.error = fmt::format("there is no '{}'", item_names[i]);
}

/// The time at a line's beginning: "2026-11-20 04:22:45.647 UTC [123] LOG …".
std::optional<core::Nanos> time_of(std::string_view line) {
  const std::size_t bracket = line.find('[');
  std::string_view start = line.substr(0, bracket == std::string_view::npos ? 0 : bracket);
  while (start.ends_with(' ')) start.remove_suffix(1);
  const auto time = parse_written_time(start);
  return time ? std::optional(time->at) : std::nullopt;
}

/// Whether `wait` is the mean of one wait; nothing where that cannot be told.
std::optional<bool> waits_are_means(const std::string& version, bool has_parses) {
  int major = 0, minor = 0;
  const char* const end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec == std::errc{} && first.ptr != end && std::from_chars(first.ptr + 1, end, minor).ec == std::errc{})
    return major > 1 || minor >= 23;
  if (!has_parses) return false;
  return std::nullopt;
}

}  // namespace

BouncerLog read_bouncer_log(const std::string& path) {
  ByteSource source(path, hint);
  LogLines lines(source, longest_line);
  BouncerLog log;
  std::vector<core::Problem> problems;
  StatsLine stats;
  bool ambiguous = false;
  for (auto step = lines.next(); step != LogLines::Step::end; step = lines.next()) {
    ++log.lines;
    if (step == LogLines::Step::overlong) continue;
    const std::string_view line = lines.text();
    constexpr std::string_view up = "process up: PgBouncer ";
    if (const std::size_t at = line.find(up); at != std::string_view::npos) {
      const std::string_view version = line.substr(at + up.size());
      log.version = version.substr(0, version.find_first_not_of("0123456789."));
      continue;
    }
    constexpr std::string_view mark = "stats: ";
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos || line.find("xacts/s", at) == std::string_view::npos) continue;
    parse(line.substr(at + mark.size()), stats);
    if (!stats.error.empty()) {
      ++log.malformed;
      if (problems.size() < 10)
        problems.push_back(
            {{path, static_cast<int>(std::min<std::int64_t>(log.lines, 2'000'000'000)), static_cast<int>(at) + 1},
             "stats",
             stats.error,
             problems.empty() ? hint : ""});
      continue;
    }
    const auto value = [&](Item i) { return *stats.value[i]; };
    BouncerPeriod period{time_of(line),    value(xacts),      value(queries),   value(received), value(sent),
                         value(xact) * us, value(query) * us, value(wait) * us, std::nullopt};
    const auto means = waits_are_means(log.version, stats.value[parses].has_value());
    if (means && (*means || period.xacts_per_s > 0))
      period.wait = *means ? period.wait_logged : period.wait_logged / period.xacts_per_s;
    ambiguous = ambiguous || !means;
    log.periods.push_back(period);
  }
  if (!source.damage().empty())
    throw core::InputError({path, 0, 0}, "", fmt::format("{} after {} lines", source.damage(), log.lines),
                           "copy the log again");
  if (log.malformed > most_malformed + static_cast<std::int64_t>(log.periods.size()) / 1000 || log.periods.empty()) {
    if (problems.empty())
      problems.push_back({{path, 0, 0}, "", fmt::format("none of {} lines is one of stats", log.lines), hint});
    throw core::InputError(std::move(problems));
  }
  if (log.malformed > 0)
    log.warnings.push_back(fmt::format("{} lines of stats are malformed and were left out, the first in line {}",
                                       log.malformed, problems.front().where.line));
  if (ambiguous)
    log.warnings.push_back(
        "what wait means changed at PgBouncer 1.23, and the log does not say its version: the mean wait is not known");
  return log;
}

}  // namespace capplan::plan
