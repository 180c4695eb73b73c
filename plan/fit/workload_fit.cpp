// Rate, unevenness and mix of a capture's arrivals. Sources and limits: see workload_fit.h.
// The interval of the cv takes its large-sample variance for exponential spacing, 1 / n (Kendall and Stuart);
// that of the dispersion takes independent counts, 2 / (windows - 1).

#include "plan/fit/workload_fit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "plan/capture/arrivals.h"
#include "plan/capture/key_list.h"
#include "plan/capture/manifest.h"
#include "plan/capture/pgbench_log.h"

namespace capplan::plan {

namespace {

constexpr double z = 1.959963984540054;  // 97.5 % of the normal
constexpr std::size_t least_windows = 10;
constexpr double least_in_window = 5;

core::Estimate around(double value, double half_width) {
  return {value, std::max(0.0, value - half_width), value + half_width, true};
}

/// Coefficient of variation of the times between arrivals; unknown below three.
core::Estimate spacing_cv(const std::vector<core::Nanos>& at) {
  if (at.size() < 3) return {};
  const double n = static_cast<double>(at.size() - 1);
  const double mean = static_cast<double>(at.back() - at.front()) / n;
  if (!(mean > 0)) return {};
  double squares = 0;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double d = static_cast<double>(at[i] - at[i - 1]) - mean;
    squares += d * d;
  }
  const double cv = std::sqrt(squares / (n - 1)) / mean;
  return around(cv, z * cv / std::sqrt(n));
}

/// Variance over mean of the counts in whole seconds; unknown below ten of them. A span of years is not counted out.
core::Estimate second_dispersion(const std::vector<core::Nanos>& at, core::Nanos span) {
  const auto windows = static_cast<std::size_t>(std::min(span, at.empty() ? 0 : at.back()) / core::second);
  if (windows < least_windows || windows > 100 * 86'400) return {};
  std::vector<double> counts(windows, 0.0);
  for (const core::Nanos t : at) {
    const auto i = static_cast<std::size_t>(t / core::second);
    if (i < windows) ++counts[i];
  }
  const double m = static_cast<double>(windows);
  double mean = 0, squares = 0;
  for (const double c : counts) mean += c / m;
  if (!(mean > 0)) return {};
  for (const double c : counts) squares += (c - mean) * (c - mean);
  const double value = squares / (m - 1) / mean;
  return around(value, z * value * std::sqrt(2 / (m - 1)));
}

}  // namespace

std::vector<std::uint64_t> keys_of(const CaptureManifest& manifest) {
  return manifest.keys.empty() ? std::vector<std::uint64_t>{} : load_keys(manifest.keys)->keys;
}

WorkloadFit fit_workload(const CaptureManifest& manifest, const RequestLog& log, std::span<const std::uint64_t> keys) {
  WorkloadFit fit;
  fit.open = manifest.open();
  std::int64_t total = 0;
  for (std::size_t k = 0; k < log.classes.size(); ++k)
    fit.mix.push_back({log.classes[k], log.skipped[k] + log.failed[k], 0});
  for (const std::uint16_t k : log.klass) ++fit.mix[k].count;
  for (const MixShare& m : fit.mix) total += m.count;
  for (MixShare& m : fit.mix) m.share = total > 0 ? static_cast<double>(m.count) / static_cast<double>(total) : 0;

  const models::ArrivalTrace trace = arrivals(manifest, log);
  const std::vector<core::Nanos>& at = trace.at;
  const double seconds = core::to_seconds(manifest.duration);
  const double rate = static_cast<double>(total) / manifest.sample_rate / seconds;
  fit.cv = spacing_cv(at);
  fit.dispersion = second_dispersion(at, manifest.duration);
  const double unevenness = std::max(fit.cv.known ? fit.cv.value * fit.cv.value : 1, fit.dispersion.value);
  fit.rate = around(rate, z * std::sqrt(unevenness * static_cast<double>(total)) / manifest.sample_rate / seconds);
  fit.course = rate_course(at, manifest.duration);
  fit.scales = dispersion_by_scale(at, manifest.duration);
  fit.mix_course = mix_course(trace.klass, trace.classes);
  fit.sequence = fit_sequence(manifest, log);
  if (!keys.empty()) fit.keys = fit_keys(keys);

  if (!fit.open) fit.notes.push_back("a closed load: its rate and spacing are the pace that the system allowed");
  if (!fit.dispersion.known)
    fit.notes.push_back(fmt::format("no index of dispersion: it needs {} whole seconds", least_windows));
  else if (rate < least_in_window)
    fit.notes.push_back(
        fmt::format("the index of dispersion at 1 s says little below {} requests a second", least_in_window));
  return fit;
}

}  // namespace capplan::plan
