#include "plan/fit/component_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/capture/bouncer_stats.h"
#include "plan/capture/statement_stats.h"

namespace capplan::plan {

namespace {

constexpr double counts_alike = 0.02;
constexpr double hits_alike = 0.01;  // of all pages

/// Seconds that a snapshot covers: of two those of the capture, of one it is not known.
std::optional<double> covered(const CaptureManifest& m, const std::vector<std::string>& files) {
  return files.size() > 1 ? std::optional(core::to_seconds(m.duration)) : std::nullopt;
}

/// Says where the server found fewer of a class's pages in shared buffers than the replay, which finds all of them
/// there.
void check_hits(const StatementStats& s, std::vector<std::string>& warnings) {
  const auto hit = s.per_call(StatementCounter::hit), read = s.per_call(StatementCounter::read);
  if (!hit || !read || *read <= hits_alike * (*hit + *read)) return;
  const auto time = s.per_call(StatementCounter::read_time);
  warnings.push_back(fmt::format(
      "{:.3g}% of the pages of {} were found in shared buffers, where the replay finds all: {:.3g} of {:.3g} were "
      "read{}",
      100 * *hit / (*hit + *read), s.name, *read, *hit + *read,
      time && *time > 0
          ? fmt::format(", in {} of {}", core::format_duration(*time), core::format_duration(s.execution.mean()))
          : ""));
}

const ReplayedClass* class_of(const Replay& replay, const std::string& name) {
  for (const ReplayedClass& c : replay.classes)
    if (c.name == name && c.completed > 0) return &c;
  return nullptr;
}

std::vector<ComparedPart> executions(const CaptureManifest& m, const std::vector<Replay>& runs, const Replay& pooled,
                                     double spread, std::vector<std::string>& warnings) {
  std::vector<ComparedPart> parts;
  const StatementSnapshots snapshots = read_statement_stats(m.statement_stats, m, covered(m, m.statement_stats));
  for (const StatementStats& s : snapshots.classes) {
    const ReplayedClass* const replayed = class_of(pooled, s.name);
    if (replayed == nullptr || s.execution.count <= 0) continue;
    check_hits(s, warnings);
    std::vector<double> each;
    for (const Replay& run : runs)
      if (const ReplayedClass* const c = class_of(run, s.name)) each.push_back(c->server_seconds / c->completed);
    parts.push_back({"execution of " + s.name,
                     compared(s.execution.mean(), each, replayed->server_seconds / replayed->completed, spread)});
  }
  if (parts.empty())
    warnings.push_back(
        "no statement of pg_stat_statements is of a class of the capture: [capture.class.NAME] pattern says which are");
  warnings.insert(warnings.end(), snapshots.warnings.begin(), snapshots.warnings.end());
  return parts;
}

/// The mean wait of all databases of SHOW STATS.
std::optional<double> measured_wait(const BouncerSnapshots& snapshots) {
  double waited = 0, n = 0;
  for (const BouncerStats& d : snapshots.databases) {
    waited += d.wait_time;
    n += d.assignments.value_or(d.xacts);
  }
  return n > 0 ? std::optional(waited / n) : std::nullopt;
}

}  // namespace

std::vector<ComparedPart> compared_parts(const CaptureManifest& m, const std::vector<Replay>& runs,
                                         const Replay& pooled, double of_execution, double of_wait,
                                         std::vector<std::string>& warnings) {
  std::vector<ComparedPart> parts;
  if (!m.statement_stats.empty()) parts = executions(m, runs, pooled, of_execution, warnings);
  if (m.bouncer_stats.empty()) return parts;
  const BouncerSnapshots snapshots = read_bouncer_stats(m.bouncer_stats, covered(m, m.bouncer_stats));
  warnings.insert(warnings.end(), snapshots.warnings.begin(), snapshots.warnings.end());
  const auto wait = measured_wait(snapshots);
  if (!wait || pooled.bouncer_waits.count() == 0) return parts;
  std::vector<double> each;
  for (const Replay& run : runs) each.push_back(run.bouncer_waits.count() > 0 ? run.bouncer_waits.mean() : 0);
  parts.push_back({"wait for PgBouncer's servers", compared(*wait, each, pooled.bouncer_waits.mean(), of_wait)});
  return parts;
}

std::vector<std::string> snapshot_warnings(const CaptureManifest& m, const RequestLog& log) {
  std::vector<std::string> warnings;
  const auto differ = [](double a, double b) { return std::abs(a - b) > counts_alike * std::max(a, b); };
  if (!m.statement_stats.empty()) {
    const StatementSnapshots snapshots = read_statement_stats(m.statement_stats, m, covered(m, m.statement_stats));
    for (std::size_t k = 0; k < log.classes.size(); ++k) {
      const auto held = std::count(log.klass.begin(), log.klass.end(), static_cast<std::uint16_t>(k));
      const double logged = static_cast<double>(held) / m.sample_rate;
      for (const StatementStats& s : snapshots.classes)
        if (s.name == log.classes[k] && differ(s.execution.count, logged))
          warnings.push_back(
              fmt::format("pg_stat_statements counts {} calls of {}, the log has {}: the snapshot covers "
                          "other runs too, or less than the capture",
                          s.execution.count, s.name, logged));
    }
  }
  if (!m.bouncer_stats.empty()) {
    double xacts = 0;
    for (const BouncerStats& d : read_bouncer_stats(m.bouncer_stats, covered(m, m.bouncer_stats)).databases)
      xacts += d.xacts;
    const double logged = static_cast<double>(log.size()) / m.sample_rate;
    if (differ(xacts, logged))
      warnings.push_back(
          fmt::format("SHOW STATS counts {} transactions, the log has {} requests: the snapshot covers "
                      "other runs too, or less than the capture",
                      xacts, logged));
  }
  if (!m.bouncer_pools.empty()) {
    std::int64_t servers = 0;
    for (const BouncerPool& pool : read_bouncer_pools(m.bouncer_pools)) servers += pool.servers();
    if (servers > m.connections)
      warnings.push_back(
          fmt::format("SHOW POOLS has {} server connections, the manifest says {}", servers, m.connections));
  }
  return warnings;
}

}  // namespace capplan::plan
