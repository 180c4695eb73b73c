#pragma once
// The `stats:` lines of PgBouncer's log, one each stats_period, as a series. Source: PgBouncer src/stats.c
// (refresh_stats):
//   TIME [PID] LOG stats: N xacts/s, N queries/s,[ N client parses/s, N server parses/s, N binds/s,][ N client
//   logins/s,] in N B/s, out N B/s, xact N us, query N us, wait N us
// over all databases, in whole numbers; the middle ones since 1.21 and after 1.25. What `wait` means changed at 1.23,
// as in SHOW STATS: up to 1.22 microseconds waited within each second, from 1.23 the mean of one wait. Which it is, is
// known from the line "process up: PgBouncer N.N", else from the columns where they tell; otherwise the mean wait is
// not. Limits: lines up to 64 kB; a time is known where the line begins with one, as it does in a file but not in
// syslog.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace capplan::plan {

/// Averages over one stats_period, of all databases. Times in seconds.
struct BouncerPeriod {
  std::optional<core::Nanos> at;  ///< its end, since 1970
  double xacts_per_s = 0, queries_per_s = 0;
  double received_per_s = 0, sent_per_s = 0;  ///< bytes
  double xact_time = 0, query_time = 0;       ///< means
  double wait_logged = 0;                     ///< as it stands in the line
  std::optional<double> wait;                 ///< mean of one wait, where that can be told
};

struct BouncerLog {
  std::string version;  ///< "1.18.0", as the log says; empty if it does not
  std::vector<BouncerPeriod> periods;
  std::int64_t lines = 0;
  std::int64_t malformed = 0;  ///< lines with stats: that are no such line
  std::vector<std::string> warnings;
};

/// Reads a log, plain or gzip; other lines are passed over. Throws core::InputError if it has no such line, or more
/// than two that are malformed, beside the share of 0.1 %.
BouncerLog read_bouncer_log(const std::string& path);

}  // namespace capplan::plan
