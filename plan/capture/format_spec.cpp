#include "plan/capture/format_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "plan/format/byte_source.h"

namespace capplan::plan {

// One line a format: the function that returns it.
#define CAPPLAN_FORMATS(ENTRY)    \
  ENTRY(pgbench_format)           \
  ENTRY(pgbench_aggregate_format) \
  ENTRY(csvlog_format)            \
  ENTRY(jsonlog_format)           \
  ENTRY(plans_format)             \
  ENTRY(pgbouncer_log_format)     \
  ENTRY(statement_stats_format)   \
  ENTRY(server_settings_format)   \
  ENTRY(show_stats_format)        \
  ENTRY(show_pools_format)        \
  ENTRY(locust_stats_format)      \
  ENTRY(locust_history_format)    \
  ENTRY(locust_failures_format)   \
  ENTRY(request_csv_format)

#define DECLARE(function) CaptureFormat function();
CAPPLAN_FORMATS(DECLARE)
#undef DECLARE

namespace {

constexpr std::size_t looked_at = 65'536;

/// Fills a sample; its lines are parts of its text, so that it stays where it is.
void look_at(FileSample& sample, std::string& damage) {
  ByteSource source(sample.path, "name a manifest, a log, or a snapshot as CSV");
  sample.text.assign(looked_at, '\0');
  sample.text.resize(source.read(sample.text.data(), sample.text.size()));
  damage = source.damage();
  const bool whole = sample.text.size() < looked_at;
  std::string_view rest = sample.text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos && !whole && !sample.lines.empty()) break;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != std::string_view::npos) sample.lines.push_back(line);
  }
}

std::vector<std::string> alternatives(const std::string& names) {
  std::vector<std::string> all;
  std::size_t from = 0;
  for (std::size_t bar; (bar = names.find('|', from)) != std::string::npos; from = bar + 1)
    all.push_back(names.substr(from, bar - from));
  all.push_back(names.substr(from));
  return all;
}

[[noreturn]] void refuse(const std::string& path, const CaptureFormat* nearest, const std::string& lacks) {
  std::string what = "it is not known what this is";
  if (nearest) what += fmt::format("; nearest is {}, but it lacks {}", nearest->title, lacks);
  std::vector<std::string> makers;
  for (const CaptureFormat& format : capture_formats()) makers.push_back(format.made_by);
  throw core::InputError(
      {path, 0, 0}, "", what,
      nearest ? fmt::format("--as {} reads it as one all the same; capplan describe formats has all", nearest->name)
              : fmt::format("known are a manifest (.toml), and what these write: {}; capplan describe "
                            "formats",
                            fmt::join(makers, "; ")));
}

}  // namespace

const std::vector<CaptureFormat>& capture_formats() {
#define LIST(function) function(),
  static const std::vector<CaptureFormat> all = {CAPPLAN_FORMATS(LIST)};
#undef LIST
  return all;
}

const CaptureFormat* find_format(const std::string& name) {
  for (const CaptureFormat& format : capture_formats())
    if (format.name == name) return &format;
  return nullptr;
}

const CaptureFormat* find_log_format(const std::string& word) {
  for (const CaptureFormat& format : capture_formats())
    if (!word.empty() && format.log_word == word) return &format;
  return nullptr;
}

std::vector<std::string> log_words() {
  std::vector<std::string> words;
  for (const CaptureFormat& format : capture_formats())
    if (!format.log_word.empty() && std::find(words.begin(), words.end(), format.log_word) == words.end())
      words.push_back(format.log_word);
  return words;
}

const CaptureFormat& recognise(const std::string& path) {
  std::string damage;
  FileSample sample{.path = path};
  look_at(sample, damage);
  if (sample.text.empty() && damage.empty()) throw core::InputError({path, 0, 0}, "", "the file is empty", "");
  const CaptureFormat* nearest = nullptr;
  Likeness most;
  for (const CaptureFormat& format : capture_formats()) {
    Likeness likeness = format.likeness(sample);
    if (likeness.share <= most.share) continue;
    most = std::move(likeness);
    nearest = &format;
  }
  if (nearest && most.share >= recognised) return *nearest;
  if (!damage.empty()) throw core::InputError({path, 0, 0}, "", damage, "copy the file again");
  refuse(path, nearest, most.lacks);
}

const CaptureFormat& format_called(const std::string& name, const std::string& flag) {
  if (const CaptureFormat* format = find_format(name)) return *format;
  std::vector<std::string> names;
  for (const CaptureFormat& format : capture_formats()) names.push_back(format.name);
  const std::string near = core::nearest(name, names);
  throw core::InputError(
      {flag}, "",
      fmt::format("\"{}\" is no format{}", name,
                  near.empty() ? fmt::format("; one of {}", fmt::join(names, ", ")) : "; did you mean " + near + "?"),
      "capplan describe formats");
}

std::vector<std::string_view> split_line(std::string_view line, char separator) {
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

Likeness table_likeness(const FileSample& sample, const std::vector<std::string>& columns) {
  if (sample.lines.empty() || sample.lines.front().find(',') == std::string_view::npos) return {};
  const std::vector<std::string_view> names = split_line(sample.lines.front(), ',');
  double found = 0;
  std::string lacks;
  for (const std::string& wanted : columns) {
    const std::vector<std::string> any = alternatives(wanted);
    if (std::any_of(any.begin(), any.end(), [&](const std::string& name) {
          return std::find(names.begin(), names.end(), name) != names.end();
        }))
      ++found;
    else
      lacks += fmt::format("{}a column {}", lacks.empty() ? "" : " and ", fmt::join(any, " or "));
  }
  const double named = found / static_cast<double>(columns.size());
  if (named < 1) return {0.4 * named, lacks};
  // Its head is enough; of two tables with such heads that one whose columns are asked for more exactly.
  return {0.9 + 0.01 * static_cast<double>(columns.size()), {}};
}

double share_of_lines(const FileSample& sample, const std::function<bool(std::string_view)>& fits) {
  if (sample.lines.empty()) return 0;
  const auto fitting = std::count_if(sample.lines.begin(), sample.lines.end(), fits);
  return static_cast<double>(fitting) / static_cast<double>(sample.lines.size());
}

}  // namespace capplan::plan
