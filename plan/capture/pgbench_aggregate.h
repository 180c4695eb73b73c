#pragma once
// pgbench's log by intervals (`--log --aggregate-interval=SECONDS`): one line an interval,
//   interval_start num_transactions sum_latency sum_latency_2 min_latency max_latency
//   [sum_lag sum_lag_2 min_lag max_lag [skipped [retried retries serialization_failures deadlock_failures]]]
// with times in microseconds: all 15 columns since PostgreSQL 15; before, 6, 10 with -R, 11 with -R and -L. Source:
// src/bin/pgbench/pgbench.c (doLog, accumStats): before 15 num_transactions counts what was skipped too, and is freed
// of it here. Lines of one interval, as several threads write them into files that were joined, are added up. Limits:
// all scripts together; the first and the last interval may be cut; what an interval lasts is taken from the starts, as
// no line says it.

#include <cstdint>
#include <string>
#include <vector>

#include "plan/capture/moments.h"

namespace capplan::plan {

/// What happened in one interval. Seconds.
struct AggregateInterval {
  std::int64_t start = 0;  ///< since 1970
  Moments latency;         ///< from the scheduled start with -R; its count is the completed transactions
  Moments lag;             ///< of the schedule; empty without -R
  std::int64_t skipped = 0, retried = 0, retries = 0, serialization_failures = 0, deadlock_failures = 0;
};

struct AggregateLog {
  std::vector<AggregateInterval> intervals;  ///< one or more, by their start
  std::int64_t interval = 0;                 ///< seconds that each lasts; 0 where there is but one
  int columns = 0;
  std::int64_t lines = 0;
  AggregateInterval total;       ///< over all of them
  double rate = 0;               ///< completed per second over all whole intervals but the first; 0 if there is none
  core::Estimate rate_estimate;  ///< the same with an interval, by how intervals differ
  std::vector<std::string> warnings;
};

/// Reads a log, plain or gzip, in memory that grows with its intervals alone. Throws core::InputError with the first
/// ten lines that are wrong.
AggregateLog read_pgbench_aggregate(const std::string& path);

}  // namespace capplan::plan
