// Calibration of query classes from captures. Source of the rules: see calibration.h.
// Limits: the durations of all requests are held in memory, eight bytes each, while the fits run.

#include "plan/fit/calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/units.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/index_plans_json.h"
#include "plan/format/digest.h"

namespace capplan::plan {

namespace {

constexpr std::size_t enough = 200;  // requests of a class that one capture alone can stand for
constexpr double light_cpu = 0.3;    // busier captures have durations that contain queueing

/// What a reader should know where durations are taken for demands.
void warn_of_waiting(const CaptureManifest& m, std::vector<std::string>& warnings) {
  const auto warn = [&](const std::string& text) { warnings.push_back(fmt::format("capture {}: {}", m.name, text)); };
  if (m.server_cpu && *m.server_cpu > light_cpu && m.clients > 1)
    warn(fmt::format("the server was {} busy with {} clients: durations contain queueing; take a lighter capture",
                     core::format_ratio(*m.server_cpu), m.clients));
  if (m.path == CaptureManifest::Path::pgbouncer && m.clients > m.connections)
    warn(fmt::format("{} clients shared {} server connections: durations contain waiting for PgBouncer's pool",
                     m.clients, m.connections));
}

CaptureRecord record(CaptureManifest manifest, const RequestLog& log) {
  CaptureRecord r;
  r.sha256 = sha256_of_file(manifest.log);
  r.rows = static_cast<std::int64_t>(log.size());
  for (const std::int64_t n : log.skipped) r.skipped += n;
  for (const std::int64_t n : log.failed) r.failed += n;
  r.malformed = log.malformed;
  for (const std::string& name : log.classes) r.mix.emplace_back(name, 0);
  for (const std::uint16_t klass : log.klass) ++r.mix[klass].second;
  double sum = 0;
  for (std::size_t i = 0; i < log.size(); ++i) sum += core::to_seconds(log.service_ns(i));
  r.mean_duration = sum / static_cast<double>(log.size());
  if (manifest.server_cpu)
    r.cpu_per_request = *manifest.server_cpu * manifest.cores * core::to_seconds(manifest.duration) /
                        (static_cast<double>(log.size()) / manifest.sample_rate);
  r.manifest = std::move(manifest);
  return r;
}

/// Fits one class: the first capture with enough of it, else all of them together.
ClassCalibration fit_class(const std::string& name, const std::vector<MeasuredCapture>& captures) {
  ClassCalibration result;
  result.name = name;
  std::vector<double> seconds;
  for (const MeasuredCapture& capture : captures)
    for (const MeasuredClass& c : capture.classes) {
      if (c.name != name || c.durations.size() < enough || !seconds.empty()) continue;
      seconds = c.durations;
      result.captures = {capture.manifest.name};
    }
  if (seconds.empty())
    for (const MeasuredCapture& capture : captures)
      for (const MeasuredClass& c : capture.classes) {
        if (c.name != name || c.durations.empty()) continue;
        seconds.insert(seconds.end(), c.durations.begin(), c.durations.end());
        result.captures.push_back(capture.manifest.name);
      }
  if (!seconds.empty()) result.fit = fit_sample(std::move(seconds));
  return result;
}

/// Names of all classes, in order of first appearance.
std::vector<std::string> class_names(const std::vector<MeasuredCapture>& captures) {
  std::vector<std::string> names;
  for (const MeasuredCapture& capture : captures)
    for (const MeasuredClass& c : capture.classes)
      if (std::find(names.begin(), names.end(), c.name) == names.end()) names.push_back(c.name);
  return names;
}

/// The samples of all files, those of plans last.
std::vector<IndexSampleFile> samples_of(const IndexSources& sources) {
  if (sources.plans.size() != sources.index.size())
    throw core::InputError(
        {"--index-plans"}, "",
        fmt::format("{} files of plans and {} descriptions of their index", sources.plans.size(), sources.index.size()),
        "give one --index for each --index-plans, in the same order");
  std::vector<IndexSampleFile> files;
  for (const std::string& file : sources.samples) files.push_back(read_index_samples(file));
  for (std::size_t i = 0; i < sources.index.size(); ++i)
    files.push_back(read_index_plans(sources.plans[i], parse_index_description(sources.index[i])));
  return files;
}

}  // namespace

Calibration calibrate(const std::vector<std::string>& manifests, const IndexSources& indexes,
                      const CalibrateOptions& options) {
  if (indexes.empty()) return calibrate(manifests, options);
  std::vector<IndexSampleFile> files = samples_of(indexes);
  Calibration calibration;
  if (!manifests.empty()) calibration = calibrate(manifests, options);
  const models::PlannerSettings planner =
      indexes.settings.empty() ? sample_settings : read_planner_settings(indexes.settings);
  calibration.indexes = calibrate_indexes(std::move(files), planner);
  return calibration;
}

Calibration calibrate(const std::vector<std::string>& manifests, const CalibrateOptions& options) {
  Calibration result;
  result.assumption =
      "demands are durations seen by the client without its schedule lag: server CPU plus the loop over the network "
      "and any waiting; compare cpu_per_request with mean_duration of each capture";
  std::vector<core::Problem> problems;
  std::vector<MeasuredCapture> measured;
  for (const std::string& path : manifests) {
    try {
      CaptureManifest manifest = read_manifest(path);
      for (const CaptureRecord& other : result.captures)
        if (other.manifest.name == manifest.name)
          throw core::InputError({path, 0, 0}, "capture.name",
                                 fmt::format("'{}' is the name of {} too", manifest.name, other.manifest.file),
                                 "give each capture once, under its own name");
      const RequestLog log = read_log(manifest, options.lenient);
      const std::vector<std::uint64_t> keys = keys_of(manifest);
      if (result.captures.empty()) result.workload = fit_workload(manifest, log, keys);
      result.baselines.push_back(baseline_of(manifest, log, keys));
      measured.push_back(measure(manifest, log));
      result.warnings.insert(result.warnings.end(), manifest.warnings.begin(), manifest.warnings.end());
      for (const std::string& text : measured.back().warnings)
        result.warnings.push_back(fmt::format("capture {}: {}", manifest.name, text));
      result.captures.push_back(record(std::move(manifest), log));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (manifests.empty())
    problems.push_back({{}, "", "no capture is given", "capplan calibrate data/captures/light.toml"});
  if (!problems.empty()) throw core::InputError(std::move(problems));

  for (const std::string& name : class_names(measured)) {
    ClassCalibration fitted = fit_class(name, measured);
    if (fitted.captures.empty()) {
      result.warnings.push_back(fmt::format("class {}: no capture has a completed request of it", name));
      continue;
    }
    for (const std::string& text : fitted.fit.warnings)
      result.warnings.push_back(fmt::format("class {}: {}", name, text));
    result.classes.push_back(std::move(fitted));
  }
  if (can_fit_contention(measured)) {
    result.assumption =
        "demands are time on a core, told apart from waiting, the loop to the client and the commit by replaying every "
        "capture; cold is what a statement needs more on a backend that has rested";
    result.contention = fit_contention(measured, {.cancel = options.cancel});
    for (const std::string& text : result.contention->left_out)
      result.warnings.push_back(fmt::format("capture {}; it was not fitted", text));
    for (const FittedCost& cost : result.contention->fitted)
      if (!cost.identified)
        result.warnings.push_back(fmt::format("{}: the captures do not tell; it is {:.3g}, within {:.3g} to {:.3g}",
                                              cost.name, cost.value.value, cost.value.lo, cost.value.hi));
  } else {
    for (const MeasuredCapture& capture : measured) warn_of_waiting(capture.manifest, result.warnings);
  }
  return result;
}

}  // namespace capplan::plan
