#pragma once
// How much the real system differs from itself: captures of the same load on the same system, beside each other. No
// prediction of a single run can be much nearer than that.

#include <string>
#include <vector>

#include "plan/fit/replay.h"

namespace capplan::plan {

/// One class in captures that repeat each other: the median over the pairs of |b / a - 1|, of each percentile.
struct Repeats {
  std::vector<std::string> captures;
  double p50 = 0, p95 = 0, p99 = 0;
  int pairs = 0;  ///< of classes in two captures that were compared
};

/// Whether two captures are the same run twice: load, path, connections, cores, mix, indexes; not when, and how long.
bool repeat_each_other(const CaptureManifest& a, const CaptureManifest& b);

/// Every group of captures that repeat each other, over classes with 100 requests in both; latencies from the scheduled
/// start. Empty where no capture was repeated.
std::vector<Repeats> repeats(const std::vector<MeasuredCapture>& captures);

}  // namespace capplan::plan
