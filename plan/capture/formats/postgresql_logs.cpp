// PostgreSQL's own logs, csvlog and jsonlog: durations of statements, and the plans of auto_explain. Source and limits:
// plan/capture/server_log.h.

#include <fmt/format.h>

#include <algorithm>

#include "core/time.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_plans.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/manifest.h"
#include "plan/capture/server_log.h"
#include "plan/capture/server_requests.h"

namespace capplan::plan {

namespace {

/// Its durations, if it holds any or no plans, and the plans of auto_explain.
void inspect_server(const CaptureManifest& manifest, std::optional<double> seconds, bool lenient, Inspection& into) {
  const std::optional<PlanSummary> plans = read_logged_plans(manifest, lenient);
  if (!plans || plans->durations > 0) tabulate(read_server_requests(manifest, lenient), seconds, into);
  if (plans) tabulate(*plans, into);
}

void inspect_server_log(const CaptureManifest& manifest, bool lenient, Inspection& into) {
  inspect_server(manifest, core::to_seconds(manifest.duration), lenient, into);
}

/// Without a manifest every statement is a class.
void inspect_bare(const std::string& file, const char* word, const InspectOptions& options, Inspection& into) {
  CaptureManifest manifest;
  manifest.file = manifest.log = file;
  manifest.format = word;
  inspect_server(manifest, std::nullopt, options.lenient, into);
}

void inspect_csvlog(const std::string& file, const InspectOptions& options, Inspection& into) {
  inspect_bare(file, "postgresql-csvlog", options, into);
}

void inspect_jsonlog(const std::string& file, const InspectOptions& options, Inspection& into) {
  inspect_bare(file, "postgresql-jsonlog", options, into);
}

bool is_csvlog_row(std::string_view line) {
  return begins_csvlog_row(line) && line.find(',') < line.find('[');  // PgBouncer's lines begin alike: TIME [PID] LOG
}

/// A row can go on over many lines, those of its statement: the first will do, or one of five where a log was cut.
Likeness csvlog_likeness(const FileSample& sample) {
  const bool first = !sample.lines.empty() && is_csvlog_row(sample.lines.front());
  return {first ? 1 : std::min(1.0, 5 * share_of_lines(sample, is_csvlog_row)),
          "rows that begin with a time and a comma: log_destination = 'csvlog'"};
}

Likeness jsonlog_likeness(const FileSample& sample) {
  return {share_of_lines(sample, [](std::string_view line) { return line.starts_with("{\"timestamp\""); }),
          "lines that begin with {\"timestamp\": log_destination = 'jsonlog'"};
}

}  // namespace

CaptureFormat csvlog_format();
CaptureFormat jsonlog_format();

CaptureFormat csvlog_format() {
  return {.name = "postgresql-csvlog",
          .title = "a csvlog of PostgreSQL",
          .made_by = "log_destination = 'csvlog' with log_min_duration_statement or auto_explain",
          .holds = "every logged statement: duration, class by its text; plans where auto_explain logged them",
          .likeness = csvlog_likeness,
          .inspect = inspect_csvlog,
          .log_word = "postgresql-csvlog",
          .read_requests = read_server_requests,
          .inspect_log = inspect_server_log};
}

CaptureFormat jsonlog_format() {
  return {.name = "postgresql-jsonlog",
          .title = "a jsonlog of PostgreSQL",
          .made_by = "log_destination = 'jsonlog' with log_min_duration_statement or auto_explain",
          .holds = "every logged statement: duration, class by its text; plans where auto_explain logged them",
          .likeness = jsonlog_likeness,
          .inspect = inspect_jsonlog,
          .log_word = "postgresql-jsonlog",
          .read_requests = read_server_requests,
          .inspect_log = inspect_server_log};
}

}  // namespace capplan::plan
