#pragma once
// Latency where requests fail: a percentile in [slo] is of all attempts, and one that failed never ended. So the share
// p of all is the rank p (completed + failed) / completed of the completed; above 1 the percentile is never reached. A
// request that was still inside when its run ended, and had taken longer than the limit by then, is late as well.

#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/percentiles.h"
#include "plan/study/summary.h"

namespace capplan::plan {

/// Of the interval that decides an SLO at the last look. The looks before it, and percentiles whose skewness some
/// thirty replications cannot tell, take what is left of 5 % (tests/plan/verdict_test.cpp counts wrong verdicts).
inline constexpr double verdict_confidence = 0.98;

/// What a condition on latencies is about, over stretches. The paths of the figures are names of their own.
struct Attempts {
  Figure percentile;   ///< of all attempts; not known where it is never reached in some of them
  Figure failed;       ///< share of attempts that failed, or were late inside
  Figure late;         ///< share that failed or took longer than the limit
  double allowed = 0;  ///< share that may be late: 0.05 of a p95
  bool never = false;  ///< in all stretches together more than that fail
};

/// Whether a condition is on a latency of those that may fail: of requests, jobs or calls.
bool is_latency(const Slo& slo);
/// The share that a metric's percentile does not exceed: 0.95 of "p95"; 0 for what is none.
double share_of_metric(const std::string& metric);

/// Of the latency that a condition is on.
Attempts attempts(const Slo& slo, const std::vector<Stretch>& stretches);

/// Spans in a stretch that one meter measured, and those that never ended: what failed, and what was inside at the end
/// of the run for longer than `limit`. `failed` is the meter of failures, or none (the number of meters).
Spans spans_of(const Stretch& stretch, std::size_t latency, std::size_t failed, core::Nanos limit);
/// Of those inside at the end of a run, how many had taken longer than `limit`.
double late_inside(const core::Recording& recording, std::size_t latency, core::Nanos limit);
/// The meter of the failures of what has its latency measured by another; the number of meters if there is none.
std::size_t failures_beside(const core::Recording& recording, std::size_t latency);

}  // namespace capplan::plan
