// The transaction log of pgbench: a line a transaction. Source and limits: plan/capture/pgbench_log.h.

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"
#include "plan/capture/pgbench_words.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_scripts = 1000;

/// Without a manifest scripts go by their numbers. A seventh column is a lag or retries, which the log does not tell;
/// both leave the durations as they are.
void inspect_pgbench(const std::string& file, const InspectOptions& options, Inspection& into) {
  std::vector<std::string> scripts;
  for (std::size_t i = 0; i < most_scripts; ++i) scripts.push_back(fmt::format("script {}", i));
  RequestLog log;
  try {
    log = read_pgbench_log(file, {scripts, false, options.lenient});
  } catch (const core::InputError&) {
    log = read_pgbench_log(file, {scripts, true, options.lenient});
  }
  tabulate(log, std::nullopt, into);
  for (InspectedTable::Row& row : into.tables.back().rows) row.figures.back() = {};
  into.warnings.push_back("scripts have no names here, and a schedule lag is not told apart: a manifest says both");
}

Likeness pgbench_likeness(const FileSample& sample) {
  return {share_of_lines(sample, [](std::string_view line) { return pgbench_words(line) == PgbenchLine::transaction; }),
          "lines of 6 to 8 numbers: client, transaction, time, script, seconds, microseconds"};
}

RequestLog read_pgbench_requests(const CaptureManifest& m, bool lenient) {
  return read_pgbench_log(m.log, {m.classes, m.open(), lenient});
}

}  // namespace

CaptureFormat pgbench_format();

CaptureFormat pgbench_format() {
  return {.name = "pgbench",
          .title = "a transaction log of pgbench",
          .made_by = "pgbench --log",
          .holds = "every transaction: client, script, duration, schedule lag with -R",
          .likeness = pgbench_likeness,
          .inspect = inspect_pgbench,
          .log_word = "pgbench",
          .read_requests = read_pgbench_requests};
}

}  // namespace capplan::plan
