#pragma once
// The per-transaction log of pgbench (`--log`): one line a transaction,
//   client_id transaction_no time script_no time_epoch time_us [schedule_lag] [retries]
// with times in microseconds; plain or gzip, told apart by the first two bytes.
// Source: PostgreSQL's src/bin/pgbench/pgbench.c (doLog) and doc/src/sgml/ref/pgbench.sgml.
// Limits: not the --aggregate-interval form, and not sampled logs (--sampling-rate), whose counts would need scaling.

#include <string>
#include <vector>

#include "plan/capture/request_log.h"

namespace capplan::plan {

/// How to read a log.
struct PgbenchLogOptions {
  std::vector<std::string> classes;  ///< by script number
  bool schedule_lag = false;         ///< pgbench ran with -R: every line has a schedule_lag
  bool lenient = false;              ///< keep what can be read of a damaged log in place of refusing it
};

/// Reads a log in one pass; beyond the columns the memory used is constant. Throws core::InputError if the file cannot
/// be read or holds no completed request; and, unless lenient, if more than 0.1 % of its lines are malformed (naming
/// the first ten) or its gzip stream is damaged. Fewer malformed lines are counted and left out.
RequestLog read_pgbench_log(const std::string& path, const PgbenchLogOptions& options);

}  // namespace capplan::plan
