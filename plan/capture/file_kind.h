#pragma once
// What a file of measurements is, by its beginning: the names of a table's columns, the shape of a log's first lines.
// Limits: 64 kB are looked at; a log of PgBouncer is known by a line of stats or of its start within them.

#include <string>

namespace capplan::plan {

enum class FileKind {
  manifest,           ///< of a capture, TOML
  pgbench_log,        ///< a line a transaction
  pgbench_aggregate,  ///< a line an interval
  csvlog,             ///< PostgreSQL's
  jsonlog,            ///< PostgreSQL's
  plans,              ///< of EXPLAIN, as JSON
  request_csv,        ///< a table of requests
  statement_stats,    ///< pg_stat_statements
  server_settings,    ///< pg_settings
  bouncer_stats,      ///< SHOW STATS
  bouncer_pools,      ///< SHOW POOLS
  bouncer_log,        ///< lines of stats
  locust_stats,
  locust_history,
  locust_failures,
  unknown,
};

/// What the file is. Throws core::InputError if it cannot be read, or is empty.
FileKind file_kind(const std::string& path);

/// "a snapshot of pg_stat_statements"; of `unknown`, what all the others are.
std::string described(FileKind kind);

}  // namespace capplan::plan
