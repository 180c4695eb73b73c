// Arrivals of a capture from its log. Ties keep the order of the log, so that a trace is the same on every platform.
// Source: pgbench counts `time` from the scheduled start under -R, else from the start (pgbench.c, processXactStats).
// Limits: see arrivals.h.

#include "plan/capture/arrivals.h"

#include <algorithm>
#include <numeric>

#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"

namespace capplan::plan {

models::ArrivalTrace arrivals(const CaptureManifest& manifest, const RequestLog& log) {
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return log.start_ns(a) < log.start_ns(b); });
  models::ArrivalTrace trace;
  trace.at.reserve(order.size());
  trace.klass.reserve(order.size());
  for (const std::size_t i : order) {
    trace.at.push_back(log.start_ns(i));
    trace.klass.push_back(log.klass[i]);
  }
  trace.classes = log.classes;
  trace.span = manifest.duration;
  if (!trace.at.empty()) trace.span = std::max(trace.span, trace.at.back());
  trace.source = manifest.name;
  if (!manifest.open()) trace.source += " (a closed load: the pace that the system allowed)";
  return trace;
}

std::shared_ptr<const models::ArrivalTrace> load_arrivals(const std::string& manifest_path) {
  const CaptureManifest manifest = read_manifest(manifest_path);
  return std::make_shared<const models::ArrivalTrace>(arrivals(manifest, read_log(manifest)));
}

}  // namespace capplan::plan
