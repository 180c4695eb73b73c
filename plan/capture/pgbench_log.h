#pragma once
// The per-transaction log of pgbench (`--log`): one line a transaction,
//   client_id transaction_no time script_no time_epoch time_us [schedule_lag] [retries]
// with times in microseconds; plain or gzip, told apart by the first two bytes.
// Source: PostgreSQL's src/bin/pgbench/pgbench.c (doLog) and doc/src/sgml/ref/pgbench.sgml.
// Limits: not the --aggregate-interval form, and not sampled logs (--sampling-rate), whose counts would need scaling.

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace capplan::plan {

struct CaptureManifest;

/// How to read a log.
struct PgbenchLogOptions {
  std::vector<std::string> classes;  ///< by script number
  bool schedule_lag = false;         ///< pgbench ran with -R: every line has a schedule_lag
  bool lenient = false;              ///< keep what can be read of a damaged log in place of refusing it
};

/// Every completed request of a log, column by column in the order of the log, and what else the log holds.
struct RequestLog {
  std::vector<std::string> classes;

  std::vector<std::int32_t> client;
  std::vector<std::uint16_t> klass;      ///< index into `classes`
  std::vector<core::Nanos> finish_ns;    ///< since the first scheduled start of a completed request
  std::vector<core::Nanos> duration_ns;  ///< as logged: from the scheduled start with -R, else from the start
  std::vector<core::Nanos> lag_ns;       ///< from the scheduled start to when a free client took it; 0 without -R

  std::vector<std::int64_t> skipped;  ///< by class: left out by pgbench because they were late (-L with -R)
  std::vector<std::int64_t> failed;   ///< by class: `failed`, `serialization`, `deadlock`
  std::int64_t lines = 0;             ///< all lines, the malformed too
  std::int64_t malformed = 0;
  std::vector<core::Problem> examples;  ///< the first ten malformed lines with the reason
  bool truncated = false;               ///< the gzip stream ended early (only with `lenient`)
  std::vector<std::string> warnings;

  std::size_t size() const { return klass.size(); }
  /// Scheduled start of a request since the first one.
  core::Nanos start_ns(std::size_t i) const { return finish_ns[i] - duration_ns[i]; }
  /// What the client that took the request saw: its duration without the schedule lag.
  core::Nanos service_ns(std::size_t i) const { return duration_ns[i] - lag_ns[i]; }
};

/// Reads a log in one pass; beyond the columns the memory used is constant. Throws core::InputError if the file cannot
/// be read or holds no completed request; and, unless lenient, if more than 0.1 % of its lines are malformed (naming
/// the first ten) or its gzip stream is damaged. Fewer malformed lines are counted and left out.
RequestLog read_pgbench_log(const std::string& path, const PgbenchLogOptions& options);

/// The log that a manifest names: an open load has a schedule lag.
RequestLog read_log(const CaptureManifest& manifest, bool lenient = false);

}  // namespace capplan::plan
