// From files to what they hold; see inspection.h.

#include "plan/capture/inspection.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/units.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"
#include "plan/capture/inspected_snapshots.h"
#include "plan/capture/manifest.h"

namespace capplan::plan {

namespace {

Inspection begun(const std::string& file, const std::string& format) { return {file, format, {}, {}, {}}; }

Inspection inspect_file(const std::string& file, const CaptureFormat& format, const InspectOptions& options) {
  Inspection into = begun(file, format.name);
  format.inspect(file, options, into);
  return into;
}

std::string sentence(const CaptureManifest& m) {
  const auto plural = [](int n) { return n == 1 ? "" : "s"; };
  return fmt::format("capture {}, {}: {} load{} of {} client{} for {}, {} on {} connection{}", m.name, m.format,
                     m.open() ? "open" : "closed", m.open() ? " of " + core::format_rate(m.rate) : "", m.clients,
                     plural(m.clients), core::format_duration(core::to_seconds(m.duration)),
                     m.path == CaptureManifest::Path::direct ? "direct" : "through PgBouncer", m.connections,
                     plural(m.connections));
}

/// The log of a manifest, with its names of classes.
Inspection inspect_log(const CaptureManifest& m, const InspectOptions& options) {
  const CaptureFormat* format = find_log_format(m.format);
  if (format->read_requests || format->inspect_log) {
    Inspection into = begun(m.log, format->name);
    if (format->inspect_log)
      format->inspect_log(m, options.lenient, into);
    else
      tabulate(format->read_requests(m, options.lenient), core::to_seconds(m.duration), into);
    return into;
  }
  const CaptureFormat& found = recognise(m.log);  // one word may stand for several formats
  if (found.log_word != m.format)
    throw core::InputError({m.file, 0, 0}, "capture.format",
                           fmt::format("is \"{}\", and {} is {}", m.format, m.log_name, found.title),
                           "capplan inspect " + m.log);
  return inspect_file(m.log, found, {});
}

/// A manifest, then its log, then what was measured beside it.
void inspect_manifest(const std::string& file, const InspectOptions& options, Inspections& into) {
  const CaptureManifest m = read_manifest(file);
  const double seconds = core::to_seconds(m.duration);
  Inspection head = begun(file, "manifest");
  head.says = sentence(m);
  head.warnings = m.warnings;
  into.push_back(std::move(head));
  into.push_back(inspect_log(m, options));
  const auto span = [&](const std::vector<std::string>& files) {
    return files.size() > 1 ? std::optional(seconds) : std::nullopt;
  };
  if (!m.statement_stats.empty()) {
    into.push_back(begun(m.statement_stats.back(), "pg_stat_statements"));
    tabulate(read_statement_stats(m.statement_stats, m, span(m.statement_stats)), into.back());
  }
  if (!m.bouncer_stats.empty()) {
    into.push_back(begun(m.bouncer_stats.back(), "show_stats"));
    tabulate(read_bouncer_stats(m.bouncer_stats, span(m.bouncer_stats)), into.back());
  }
  for (const auto& [path, format] : {std::pair(m.bouncer_pools, "show_pools"),
                                     std::pair(m.bouncer_log, "pgbouncer_log"), std::pair(m.settings, "pg_settings")})
    if (!path.empty()) into.push_back(inspect_file(path, *find_format(format), {}));
}

}  // namespace

std::optional<double> read_over(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto span = core::parse_seconds(text);
  if (!span || !(span.value > 0))
    throw core::InputError({"--over"}, "", span ? "must be above 0" : span.error, "--over 10min");
  return span.value;
}

Inspections inspect(const std::vector<std::string>& files, const InspectOptions& options) {
  if (!options.since.empty() && files.size() != 1)
    throw core::InputError({"--since"}, "", "stands before one snapshot, and not before several",
                           "capplan inspect AFTER.csv --since BEFORE.csv --over 10min");
  const CaptureFormat* asked = options.as.empty() ? nullptr : &format_called(options.as, "--as");
  Inspections result;
  std::vector<core::Problem> problems;
  for (const std::string& file : files) {
    try {
      if (!asked && file.ends_with(".toml")) {
        if (!options.since.empty())
          throw core::InputError({file, 0, 0}, "", "is no snapshot that another could stand before",
                                 "--since is for pg_stat_statements and SHOW STATS");
        inspect_manifest(file, options, result);
        continue;
      }
      const CaptureFormat& format = asked ? *asked : recognise(file);
      if (!options.since.empty() && !format.snapshot)
        throw core::InputError({file, 0, 0}, "", "is no snapshot that another could stand before",
                               "--since is for pg_stat_statements and SHOW STATS");
      result.push_back(inspect_file(file, format, options));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return result;
}

}  // namespace capplan::plan
