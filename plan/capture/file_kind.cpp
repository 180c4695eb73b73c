// Recognising files; limits in file_kind.h.

#include "plan/capture/file_kind.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "plan/capture/server_log.h"
#include "plan/format/byte_source.h"

namespace capplan::plan {

namespace {

constexpr std::size_t looked_at = 65'536;

/// The words of a text, as far as quotes and blanks around them.
std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    std::string_view word = line.substr(0, line.find(separator));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    while (!word.empty() && (word.front() == ' ' || word.front() == '"')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == ' ' || word.back() == '"')) word.remove_suffix(1);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

/// A table by the names of its columns.
FileKind kind_of_table(const std::vector<std::string_view>& names) {
  const auto has = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (has("calls") && has("query")) return FileKind::statement_stats;
  if (has("total_exec_time") || has("shared_blks_hit")) return FileKind::statement_stats;
  if (has("total_xact_count") || has("total_query_count")) return FileKind::bouncer_stats;
  if (has("cl_active") || has("cl_waiting")) return FileKind::bouncer_pools;
  if (has("Total Request Count")) return FileKind::locust_history;
  if (has("Request Count")) return FileKind::locust_stats;
  if (has("Occurrences") && has("Error")) return FileKind::locust_failures;
  if (has("name") && has("setting")) return FileKind::server_settings;
  if (has("class") || has("duration") || has("duration_ms") || has("duration_us")) return FileKind::request_csv;
  return FileKind::unknown;
}

/// One of pgbench's logs by a line of numbers: the first column is a client, or a time in seconds since 1970.
FileKind kind_of_numbers(const std::vector<std::string_view>& words) {
  const auto number = [&](std::size_t i, double& value) {
    return std::from_chars(words[i].data(), words[i].data() + words[i].size(), value).ec == std::errc{};
  };
  double first = 0, second = 0;
  if (words.size() < 6 || !number(0, first) || !number(1, second)) return FileKind::unknown;
  const std::size_t n = words.size();
  if (first >= 1e8 && (n == 6 || n == 10 || n == 11 || n == 15)) return FileKind::pgbench_aggregate;
  return n <= 8 ? FileKind::pgbench_log : FileKind::unknown;
}

FileKind kind_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find("process up: PgBouncer") != std::string_view::npos ||
      (text.find("stats: ") != std::string_view::npos && text.find(" xacts/s") != std::string_view::npos))
    return FileKind::bouncer_log;
  if (text.find('[') < text.find("\"Plan\":")) {
    const std::size_t start = text.find('[');
    if (text.find("\"Plan\":") != std::string_view::npos &&
        text.find_first_not_of(" \t\r\n+", start + 1) == text.find('{', start))
      return FileKind::plans;
  }
  std::string_view first = text;
  while (!first.empty()) {
    std::string_view line = first.substr(0, first.find('\n'));
    first.remove_prefix(std::min(first.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (line.find(',') != std::string_view::npos) return kind_of_table(split(line, ','));
    return kind_of_numbers(split(line, ' '));
  }
  return FileKind::unknown;
}

}  // namespace

FileKind file_kind(const std::string& path) {
  ByteSource source(path, "name a manifest, a log, or a snapshot as CSV");
  std::string start(looked_at, '\0');
  start.resize(source.read(start.data(), start.size()));
  if (start.empty() && source.damage().empty()) throw core::InputError({path, 0, 0}, "", "the file is empty", "");
  if (path.ends_with(".toml")) return FileKind::manifest;
  const auto format = server_log_format(path);
  if (format == ServerLogFormat::json) return FileKind::jsonlog;
  const bool comma_first = start.find(',') < start.find('[');  // PgBouncer's lines begin alike: TIME [PID] LOG
  if (format == ServerLogFormat::csv && comma_first) return FileKind::csvlog;
  const FileKind kind = kind_of(start);
  if (kind == FileKind::unknown && !source.damage().empty())
    throw core::InputError({path, 0, 0}, "", source.damage(), "copy the file again");
  return kind;
}

std::string described(FileKind kind) {
  switch (kind) {
    case FileKind::manifest:
      return "the manifest of a capture";
    case FileKind::pgbench_log:
      return "a transaction log of pgbench";
    case FileKind::pgbench_aggregate:
      return "a log of pgbench by intervals";
    case FileKind::csvlog:
      return "a csvlog of PostgreSQL";
    case FileKind::jsonlog:
      return "a jsonlog of PostgreSQL";
    case FileKind::plans:
      return "plans of PostgreSQL";
    case FileKind::request_csv:
      return "a table of requests";
    case FileKind::statement_stats:
      return "a snapshot of pg_stat_statements";
    case FileKind::server_settings:
      return "settings of PostgreSQL";
    case FileKind::bouncer_stats:
      return "SHOW STATS of PgBouncer";
    case FileKind::bouncer_pools:
      return "SHOW POOLS of PgBouncer";
    case FileKind::bouncer_log:
      return "a log of PgBouncer";
    case FileKind::locust_stats:
      return "statistics of Locust";
    case FileKind::locust_history:
      return "a history of Locust";
    case FileKind::locust_failures:
      return "failures of Locust";
    case FileKind::unknown:
      break;
  }
  return "a manifest (.toml), a log of pgbench --log, with or without --aggregate-interval, a csvlog or jsonlog of "
         "PostgreSQL, plans of EXPLAIN (FORMAT JSON), a log of PgBouncer, or a CSV table: requests, "
         "pg_stat_statements, pg_settings, SHOW STATS, SHOW "
         "POOLS, or Locust's";
}

}  // namespace capplan::plan
