// From files to what they hold; see inspection.h.

#include "plan/report/inspection.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/units.h"
#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"
#include "plan/capture/request_csv.h"
#include "plan/capture/server_requests.h"
#include "plan/format/text_layout.h"
#include "plan/report/inspected_tables.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_rows = 24;  // of a table on a terminal
constexpr std::size_t most_scripts = 1000;

Inspection begun(const std::string& file, FileKind kind) { return {file, kind, {}, {}, {}}; }

/// pgbench's log without a manifest: scripts go by their numbers. A seventh column is a lag or retries, which the log
/// does not tell; both leave the durations as they are.
void inspect_pgbench(const std::string& file, bool lenient, Inspection& into) {
  std::vector<std::string> scripts;
  for (std::size_t i = 0; i < most_scripts; ++i) scripts.push_back(fmt::format("script {}", i));
  RequestLog log;
  try {
    log = read_pgbench_log(file, {scripts, false, lenient});
  } catch (const core::InputError&) {
    log = read_pgbench_log(file, {scripts, true, lenient});
  }
  tabulate(log, std::nullopt, into);
  for (InspectedTable::Row& row : into.tables.back().rows) row.figures.back() = {};
  into.warnings.push_back("scripts have no names here, and a schedule lag is not told apart: a manifest says both");
}

/// A server's log: its durations, if it holds any or no plans, and the plans of auto_explain.
void inspect_server(const CaptureManifest& manifest, std::optional<double> seconds, bool lenient, Inspection& into) {
  const std::optional<PlanSummary> plans = read_logged_plans(manifest, lenient);
  if (!plans || plans->durations > 0) tabulate(read_server_requests(manifest, lenient), seconds, into);
  if (plans) tabulate(*plans, into);
}

/// The same without a manifest: every statement is a class.
void inspect_server(const std::string& file, FileKind kind, bool lenient, Inspection& into) {
  CaptureManifest manifest;
  manifest.file = manifest.log = file;
  manifest.format = kind == FileKind::csvlog ? "postgresql-csvlog" : "postgresql-jsonlog";
  inspect_server(manifest, std::nullopt, lenient, into);
}

std::vector<std::string> with_before(const InspectOptions& options, const std::string& file) {
  return options.since.empty() ? std::vector<std::string>{file} : std::vector<std::string>{options.since, file};
}

Inspection inspect_file(const std::string& file, FileKind kind, const InspectOptions& options) {
  Inspection into = begun(file, kind);
  switch (kind) {
    case FileKind::pgbench_log:
      inspect_pgbench(file, options.lenient, into);
      break;
    case FileKind::pgbench_aggregate:
      tabulate(read_pgbench_aggregate(file), into);
      break;
    case FileKind::csvlog:
    case FileKind::jsonlog:
      inspect_server(file, kind, options.lenient, into);
      break;
    case FileKind::plans:
      tabulate(read_explained_plans(file), into);
      break;
    case FileKind::request_csv:
      tabulate(read_request_csv(file, {}, options.lenient), std::nullopt, into);
      break;
    case FileKind::statement_stats:
      tabulate(read_statement_stats(with_before(options, file), {}, options.seconds), into);
      break;
    case FileKind::server_settings:
      tabulate(read_server_settings(file), into);
      break;
    case FileKind::bouncer_stats:
      tabulate(read_bouncer_stats(with_before(options, file), options.seconds), into);
      break;
    case FileKind::bouncer_pools:
      tabulate(read_bouncer_pools(file), into);
      break;
    case FileKind::bouncer_log:
      tabulate(read_bouncer_log(file), into);
      break;
    case FileKind::locust_stats:
      tabulate(read_locust_stats(file), into);
      break;
    case FileKind::locust_history:
      tabulate(read_locust_history(file), into);
      break;
    case FileKind::locust_failures:
      tabulate(read_locust_failures(file), into);
      break;
    case FileKind::manifest:
    case FileKind::unknown:
      throw core::InputError({file, 0, 0}, "", "it is not known what this is",
                             "known are: " + described(FileKind::unknown));
  }
  return into;
}

/// A manifest, then its log with its names of classes, then what was measured beside it.
void inspect_manifest(const std::string& file, const InspectOptions& options, std::vector<Inspection>& into) {
  const CaptureManifest m = read_manifest(file);
  const double seconds = core::to_seconds(m.duration);
  Inspection head = begun(file, FileKind::manifest);
  head.says = fmt::format("capture {}, {}: {} load{} of {} client{} for {}, {} on {} connection{}", m.name, m.format,
                          m.open() ? "open" : "closed", m.open() ? " of " + core::format_rate(m.rate) : "", m.clients,
                          m.clients == 1 ? "" : "s", core::format_duration(seconds),
                          m.path == CaptureManifest::Path::direct ? "direct" : "through PgBouncer", m.connections,
                          m.connections == 1 ? "" : "s");
  head.warnings = m.warnings;
  into.push_back(std::move(head));
  if (m.has_requests()) {
    into.push_back(begun(m.log, FileKind::request_csv));
    into.back().kind = m.format == "pgbench"              ? FileKind::pgbench_log
                       : m.format == "postgresql-csvlog"  ? FileKind::csvlog
                       : m.format == "postgresql-jsonlog" ? FileKind::jsonlog
                                                          : FileKind::request_csv;
    if (m.of_server())
      inspect_server(m, seconds, options.lenient, into.back());
    else
      tabulate(read_log(m, options.lenient), seconds, into.back());
  } else if (m.format == "pg_stat_statements") {
    into.push_back(begun(m.log, FileKind::statement_stats));
    tabulate(read_statement_stats({m.log}, m, seconds), into.back());
  } else {
    const FileKind kind = file_kind(m.log);
    const bool locust =
        kind == FileKind::locust_stats || kind == FileKind::locust_history || kind == FileKind::locust_failures;
    if (m.format == "locust" ? !locust : kind != FileKind::pgbench_aggregate)
      throw core::InputError({m.file, 0, 0}, "capture.format",
                             fmt::format("is \"{}\", and {} is {}", m.format, m.log_name,
                                         kind == FileKind::unknown ? "nothing that is known" : described(kind)),
                             "capplan inspect " + m.log);
    into.push_back(inspect_file(m.log, kind, {}));
  }
  if (!m.statement_stats.empty()) {
    into.push_back(begun(m.statement_stats.back(), FileKind::statement_stats));
    const auto span = m.statement_stats.size() > 1 ? std::optional(seconds) : std::nullopt;
    tabulate(read_statement_stats(m.statement_stats, m, span), into.back());
  }
  if (!m.bouncer_stats.empty()) {
    into.push_back(begun(m.bouncer_stats.back(), FileKind::bouncer_stats));
    const auto span = m.bouncer_stats.size() > 1 ? std::optional(seconds) : std::nullopt;
    tabulate(read_bouncer_stats(m.bouncer_stats, span), into.back());
  }
  for (const auto& [path, kind] :
       {std::pair(m.bouncer_pools, FileKind::bouncer_pools), std::pair(m.bouncer_log, FileKind::bouncer_log),
        std::pair(m.settings, FileKind::server_settings)})
    if (!path.empty()) into.push_back(inspect_file(path, kind, {}));
}

Grid grid_of(const InspectedTable& table, bool& cut) {
  std::vector<Heading> heads;
  for (const std::string& label : table.labels) heads.push_back({label, true});
  for (const InspectedColumn& column : table.columns) heads.push_back({column.heading});
  Grid grid(std::move(heads));
  for (std::size_t i = 0; i < table.rows.size() && i < most_rows; ++i) {
    std::vector<Cell> cells;
    for (const std::string& word : table.rows[i].words)
      cells.push_back({elided(printable(word), table.columns.empty() ? 300 : 40)});
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
      const core::Estimate& figure = table.rows[i].figures[k];
      const Unit unit = table.columns[k].unit;
      cells.push_back(!figure.known                                       ? Cell{"-"}
                      : table.columns[k].sampled && figure.lo < figure.hi ? cell(figure, unit)
                                                                          : Cell{compact(figure.value, unit)});
    }
    grid.add(std::move(cells));
  }
  cut = table.rows.size() > most_rows;
  return grid;
}

}  // namespace

std::optional<double> read_over(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto span = core::parse_seconds(text);
  if (!span || !(span.value > 0))
    throw core::InputError({"--over"}, "", span ? "must be above 0" : span.error, "--over 10min");
  return span.value;
}

std::vector<Inspection> inspect(const std::vector<std::string>& files, const InspectOptions& options) {
  if (!options.since.empty() && files.size() != 1)
    throw core::InputError({"--since"}, "", "stands before one snapshot, and not before several",
                           "capplan inspect AFTER.csv --since BEFORE.csv --over 10min");
  std::vector<Inspection> result;
  std::vector<core::Problem> problems;
  for (const std::string& file : files) {
    try {
      const FileKind kind = file_kind(file);
      if (!options.since.empty() && kind != FileKind::statement_stats && kind != FileKind::bouncer_stats)
        throw core::InputError({file, 0, 0}, "", "is no snapshot that another could stand before",
                               "--since is for pg_stat_statements and SHOW STATS");
      if (kind == FileKind::manifest)
        inspect_manifest(file, options, result);
      else
        result.push_back(inspect_file(file, kind, options));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return result;
}

std::string text_table(const std::vector<Inspection>& inspections, int width) {
  const auto columns = static_cast<std::size_t>(std::max(40, width));
  std::string text;
  for (const Inspection& one : inspections) {
    text += (text.empty() ? "" : "\n") + paragraph(fmt::format("{}: {}", one.file, described(one.kind)), columns, 2);
    text += paragraph("  " + one.says, columns, 2);
    for (const InspectedTable& table : one.tables) {
      if (table.rows.empty() || !table.in_text) continue;
      bool cut = false;
      text += "\n" + table.title + "\n" + grid_of(table, cut).text(columns);
      if (cut)
        text +=
            paragraph(fmt::format("the first {} of {}; --format json has all", most_rows, table.rows.size()), columns);
    }
    for (const std::string& warning : one.warnings) text += paragraph("warning: " + warning, columns, 2);
  }
  return text;
}

}  // namespace capplan::plan
