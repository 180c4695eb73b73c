#pragma once
// The requests of a capture as its log has them, whatever the format: one column a property, in the order of the log.
// Limits: completed requests alone stand in the columns; those left out or failed are counted.

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace capplan::plan {

struct CaptureManifest;

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
  std::int64_t lines = 0;             ///< all lines, or rows, the malformed too
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

/// The log that a manifest names, in the format that it names. Throws core::InputError.
RequestLog read_log(const CaptureManifest& manifest, bool lenient = false);

}  // namespace capplan::plan
