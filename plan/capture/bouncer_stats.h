#pragma once
// PgBouncer's SHOW STATS and SHOW POOLS as `psql --csv` writes them. Source: PgBouncer src/stats.c
// (admin_database_stats, calc_average) and src/admin.c (admin_show_pools), versions 1.16 to 1.25; columns are found by
// name. total_ counts since PgBouncer was started, avg_ is of the last full stats_period.
// total_query_time and total_xact_time hold the wait for a server too; total_wait_time that of clients that got one.
// avg_wait_time: up to 1.22 microseconds waited within each second, over all clients together; from 1.23 the mean of
// one wait. Which of the two is told by total_server_assignment_count, which came with 1.23. Limits: the mean wait is
// that of a server assignment from 1.23 on, before of a transaction, which in session pooling are not the same; SHOW
// POOLS is one moment.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace capplan::plan {

/// One database, or all of them.
struct BouncerStats {
  std::string database;
  double xacts = 0, queries = 0;                   ///< counted
  std::optional<double> assignments;               ///< of a server to a client, from 1.23 on
  double received = 0, sent = 0;                   ///< bytes, from clients and from servers
  double xact_time = 0, query_time = 0;            ///< seconds, summed up
  double wait_time = 0;                            ///< seconds, summed up
  std::optional<double> rate_xacts, rate_queries;  ///< per second, of two snapshots a known time apart

  struct Period {  ///< of the last stats_period
    double xacts_per_s = 0, queries_per_s = 0;
    std::optional<double> xact_time, query_time;  ///< means, seconds; nothing where none was counted
    std::optional<double> wait;                   ///< of one assignment or transaction
  };
  std::optional<Period> period;

  std::optional<double> mean_xact() const { return xacts > 0 ? std::optional(xact_time / xacts) : std::nullopt; }
  std::optional<double> mean_query() const { return queries > 0 ? std::optional(query_time / queries) : std::nullopt; }
  std::optional<double> mean_wait() const {
    const double n = assignments.value_or(xacts);
    return n > 0 ? std::optional(wait_time / n) : std::nullopt;
  }
};

struct BouncerSnapshots {
  std::string version;  ///< "1.23", told by the columns: that or later
  bool between = false;
  std::vector<BouncerStats> databases;  ///< in order of the file; PgBouncer's own left out
  std::vector<std::string> warnings;
};

/// Reads one SHOW STATS, or the one before and the one after, `seconds` apart. Throws core::InputError.
BouncerSnapshots read_bouncer_stats(const std::vector<std::string>& files, std::optional<double> seconds);

/// One pool at one moment.
struct BouncerPool {
  std::string database, user, mode;  ///< mode may be empty
  std::int64_t clients_active = 0, clients_waiting = 0;
  std::int64_t servers_active = 0, servers_idle = 0, servers_used = 0, servers_tested = 0, servers_login = 0;
  double longest_wait = 0;  ///< of the first in line, seconds

  std::int64_t servers() const { return servers_active + servers_idle + servers_used + servers_tested + servers_login; }
};

/// The pools of SHOW POOLS but for PgBouncer's own. Throws core::InputError.
std::vector<BouncerPool> read_bouncer_pools(const std::string& file);

}  // namespace capplan::plan
