#include "plan/fit/baseline.h"

#include <algorithm>
#include <cmath>

#include "plan/capture/arrivals.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/workload_fit.h"

namespace capplan::plan {

namespace {

constexpr std::size_t rate_windows = 100;

constexpr double resolution = 0.3e-6;  // seconds: deviation of what is rounded to a microsecond

/// A time of a log has been rounded.
LogLevel rounded(LogLevel level) {
  level.error = std::hypot(level.error, resolution / std::exp(level.value));
  return level;
}

/// Durations of each class in the order in which clients took the requests, seconds.
std::vector<std::vector<double>> durations_in_time(const RequestLog& log) {
  std::vector<std::pair<core::Nanos, std::size_t>> order;
  for (std::size_t i = 0; i < log.size(); ++i) order.emplace_back(log.finish_ns[i] - log.service_ns(i), i);
  std::sort(order.begin(), order.end());
  std::vector<std::vector<double>> durations(log.classes.size());
  for (const auto& [at, i] : order)
    durations[log.klass[i]].push_back(core::to_seconds(std::max<core::Nanos>(log.service_ns(i), 500)));
  return durations;
}

}  // namespace

CaptureBaseline baseline_of(const CaptureManifest& manifest, const RequestLog& log,
                            std::span<const std::uint64_t> keys) {
  CaptureBaseline b;
  b.load = manifest;
  b.load.classes.clear();
  b.load.mix.clear();
  const std::vector<std::vector<double>> durations = durations_in_time(log);
  for (std::size_t k = 0; k < log.classes.size(); ++k) {
    const std::vector<double>& own = durations[k];
    if (own.empty()) continue;
    ClassBaseline c{log.classes[k], static_cast<std::int64_t>(own.size()), 0, rounded(log_quantile(own, 0.5)),
                    rounded(log_quantile(own, 0.95))};
    for (const double x : own) c.mean += x;
    c.mean /= static_cast<double>(own.size());
    b.load.classes.push_back(c.name);
    b.load.mix.emplace_back(c.name, static_cast<double>(c.count));
    b.classes.push_back(std::move(c));
  }
  const double n = static_cast<double>(log.size()), seconds = core::to_seconds(manifest.duration);
  std::int64_t lost = 0;
  for (std::size_t k = 0; k < log.classes.size(); ++k) lost += log.skipped[k] + log.failed[k];
  const double offered = n + static_cast<double>(lost);

  const models::ArrivalTrace trace = arrivals(manifest, log);
  const std::size_t windows = std::min(rate_windows, log.size() / 5);
  b.rate = log_mean(counts_in(trace.at, manifest.duration, windows));
  if (b.rate.known) b.rate.value = std::log(offered / seconds);
  b.load.rate = manifest.open() ? offered / seconds : 0;
  const MixCourse mix = mix_course(trace.klass, trace.classes);
  b.design = std::max(mix.design, mix.wander);
  for (const ScaleDispersion& s : dispersion_by_scale(trace.at, manifest.duration))
    b.dispersion.push_back({s.scale, s.level});
  const SequenceFit sequence = fit_sequence(manifest, log);
  if (sequence.think && !sequence.think->none) b.think = sequence.think->median;
  if (!keys.empty()) b.zipf = fit_keys(keys).level;
  if (manifest.server_cpu) b.cpu_per_request = *manifest.server_cpu * manifest.cores * seconds / n;
  return b;
}

}  // namespace capplan::plan
