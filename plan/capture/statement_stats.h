#pragma once
// Snapshots of pg_stat_statements, as `psql --csv -c 'SELECT * FROM pg_stat_statements'` writes them: counters since
// their reset, or, of two snapshots, what came between; summed up by query class. Source: PostgreSQL's
// contrib/pg_stat_statements/*.sql; versions 1.8 to 1.12 (PostgreSQL 13 to 18) and, as far as it goes, 1.7. Columns are
// found by name: query, calls and total_exec_time are needed, what else is missing is unknown and not zero.
// A snapshot says neither when it was taken nor percentiles. Executions hold neither parsing and planning nor the
// commit, and no way to the client. Limits: 1,000,000 statements; statements within functions (toplevel = f) are left
// out, as their time is that of their callers too; least and greatest times are known since a reset alone.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/capture/moments.h"

namespace capplan::plan {

struct CaptureManifest;

/// What is counted besides time, with the names of the columns; times in seconds, blocks of 8 kB.
enum class StatementCounter : std::uint8_t {
  rows,
  hit,
  read,
  dirtied,
  written,
  temp_read,
  temp_written,
  read_time,
  write_time,
  wal_records,
  wal_bytes,
};
inline constexpr std::size_t statement_counters = 11;

/// One class of statements, over all databases and users.
struct StatementStats {
  std::string name;
  std::string example;                                            ///< the beginning of one of its statements
  Moments execution;                                              ///< of its calls, seconds
  Moments planning;                                               ///< of its plans; empty unless track_planning was on
  std::array<std::optional<double>, statement_counters> total{};  ///< where the table has them
  std::optional<double> rate;  ///< calls per second; of two snapshots a known time apart, none of which was reset

  std::optional<double> per_call(StatementCounter counter) const {
    const auto& sum = total[static_cast<std::size_t>(counter)];
    return sum && execution.count > 0 ? std::optional(*sum / execution.count) : std::nullopt;
  }
};

struct StatementSnapshots {
  std::string version;                  ///< "PostgreSQL 15 or 16", told by the columns
  bool between = false;                 ///< two snapshots were given
  std::int64_t statements = 0;          ///< entries that the figures are made of
  std::int64_t went_back = 0;           ///< entries whose counters are less than they were, or that are gone
  std::vector<StatementStats> classes;  ///< by the time they took, most first; one or more
  std::vector<std::string> warnings;
};

/// Reads one snapshot, or the one before and the one after. `seconds` lie between them, or since the reset that one
/// alone counts from; without, there are no rates. Classes are those of the manifest (its [capture.class.NAME]), else
/// each fingerprint one. Throws core::InputError.
StatementSnapshots read_statement_stats(const std::vector<std::string>& files, const CaptureManifest& manifest,
                                        std::optional<double> seconds);

}  // namespace capplan::plan
