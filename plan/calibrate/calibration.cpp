// Calibration of query classes from captures. Source of the rules: see calibration.h.
// Limits: the durations of all requests are held in memory, eight bytes each, while the fits run.

#include "plan/calibrate/calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/units.h"
#include "plan/capture/pgbench_log.h"
#include "plan/digest.h"

namespace capplan::plan {

namespace {

constexpr std::size_t enough = 200;          // requests of a class that one capture alone can stand for
constexpr double light_cpu = 0.3;            // busier captures have durations that contain queueing
constexpr double probe_drift = 0.08;         // of the host's speed while a capture ran
constexpr double half_a_microsecond = 5e-7;  // a duration logged as 0

/// The durations of one class, from one capture, in seconds.
struct Pile {
  std::string name;
  std::size_t capture;
  std::vector<double> seconds;
};

/// What a reader should know before taking the capture's durations for demands.
void warn_of_capture(const CaptureManifest& m, const RequestLog& log, std::vector<std::string>& warnings) {
  const auto warn = [&](const std::string& text) { warnings.push_back(fmt::format("capture {}: {}", m.name, text)); };
  warnings.insert(warnings.end(), m.warnings.begin(), m.warnings.end());
  for (const std::string& text : log.warnings) warn(text);
  if (log.malformed > 0) {
    const core::Problem& first = log.examples.front();
    warn(fmt::format("{} of {} lines are malformed and were left out, the first in line {}: {}", log.malformed,
                     log.lines, first.where.line, first.what));
  }
  if (log.truncated) warn("the gzip stream of the log is damaged or ends early; the rest is missing");
  if (m.server_cpu && *m.server_cpu > light_cpu && m.clients > 1)
    warn(fmt::format("the server was {} busy with {} clients: durations contain queueing; take a lighter capture",
                     core::format_ratio(*m.server_cpu), m.clients));
  if (m.path == CaptureManifest::Path::pgbouncer && m.clients > m.connections)
    warn(fmt::format("{} clients shared {} server connections: durations contain waiting for PgBouncer's pool",
                     m.clients, m.connections));
  if (m.probe_before && m.probe_after) {
    const double drift = static_cast<double>(*m.probe_after) / static_cast<double>(*m.probe_before) - 1;
    if (std::abs(drift) > probe_drift)
      warn(fmt::format("the probe after differs from the one before by {}: the host's speed drifted",
                       core::format_ratio(std::abs(drift))));
  }
  const double span = core::to_seconds(*std::max_element(log.finish_ns.begin(), log.finish_ns.end()));
  const double duration = core::to_seconds(m.duration);
  if (span < 0.8 * duration || span > 1.2 * duration)
    warn(fmt::format("the log spans {} where the manifest says {}; rate and CPU per request follow the manifest",
                     core::format_duration(span), core::format_duration(duration)));
}

CaptureRecord record(CaptureManifest manifest, const RequestLog& log) {
  CaptureRecord r;
  r.sha256 = sha256_of_file(manifest.log);
  r.rows = static_cast<std::int64_t>(log.size());
  for (const std::int64_t n : log.skipped) r.skipped += n;
  for (const std::int64_t n : log.failed) r.failed += n;
  r.malformed = log.malformed;
  double sum = 0;
  for (std::size_t i = 0; i < log.size(); ++i) sum += core::to_seconds(log.service_ns(i));
  r.mean_duration = sum / static_cast<double>(log.size());
  if (manifest.server_cpu)
    r.cpu_per_request =
        *manifest.server_cpu * manifest.cores * core::to_seconds(manifest.duration) / static_cast<double>(log.size());
  r.manifest = std::move(manifest);
  return r;
}

/// Splits a log's durations by class onto the piles.
void pile_up(const RequestLog& log, std::size_t capture, std::vector<Pile>& piles) {
  const std::size_t first = piles.size();
  for (const std::string& name : log.classes) piles.push_back({name, capture, {}});
  for (std::size_t i = 0; i < log.size(); ++i)
    piles[first + log.klass[i]].seconds.push_back(std::max(core::to_seconds(log.service_ns(i)), half_a_microsecond));
}

/// Fits one class: the first pile of it that is large enough, else all of them together.
ClassCalibration fit_class(const std::string& name, const std::vector<Pile>& piles,
                           const std::vector<CaptureRecord>& captures) {
  ClassCalibration result;
  result.name = name;
  std::vector<double> seconds;
  for (const Pile& pile : piles) {
    if (pile.name != name || pile.seconds.size() < enough) continue;
    seconds = pile.seconds;
    result.captures = {captures[pile.capture].manifest.name};
    break;
  }
  if (seconds.empty()) {
    for (const Pile& pile : piles) {
      if (pile.name != name || pile.seconds.empty()) continue;
      seconds.insert(seconds.end(), pile.seconds.begin(), pile.seconds.end());
      result.captures.push_back(captures[pile.capture].manifest.name);
    }
  }
  if (!seconds.empty()) result.fit = fit_sample(std::move(seconds));
  return result;
}

}  // namespace

Calibration calibrate(const std::vector<std::string>& manifests, const CalibrateOptions& options) {
  Calibration result;
  result.assumption =
      "demands are durations seen by the client without its schedule lag: server CPU plus the loop over the network "
      "and any waiting; compare cpu_per_request with mean_duration of each capture";
  std::vector<core::Problem> problems;
  std::vector<Pile> piles;
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
      warn_of_capture(manifest, log, result.warnings);
      if (result.captures.empty()) result.workload = fit_workload(manifest, log);
      pile_up(log, result.captures.size(), piles);
      if (!options.durations_as_demands) measured.push_back(measure(manifest, log));
      result.captures.push_back(record(std::move(manifest), log));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (manifests.empty())
    problems.push_back({{}, "", "no capture is given", "capplan calibrate data/captures/light.toml"});
  if (!problems.empty()) throw core::InputError(std::move(problems));

  for (const Pile& pile : piles) {
    const auto same = [&](const ClassCalibration& c) { return c.name == pile.name; };
    if (std::any_of(result.classes.begin(), result.classes.end(), same)) continue;
    ClassCalibration fitted = fit_class(pile.name, piles, result.captures);
    if (fitted.captures.empty()) {
      const std::string text = fmt::format("class {}: no capture has a completed request of it", pile.name);
      if (std::find(result.warnings.begin(), result.warnings.end(), text) == result.warnings.end())
        result.warnings.push_back(text);
      continue;
    }
    for (const std::string& text : fitted.fit.warnings)
      result.warnings.push_back(fmt::format("class {}: {}", pile.name, text));
    result.classes.push_back(std::move(fitted));
  }
  if (can_fit_contention(measured)) {
    result.assumption =
        "demands are time on a core, told apart from waiting, the loop to the client and the commit by replaying every "
        "capture; cold is what a statement needs more on a backend that has rested";
    result.contention = fit_contention(measured, options.threads);
    for (const std::string& text : result.contention->left_out)
      result.warnings.push_back(fmt::format("capture {}; it was not fitted", text));
    for (const FittedCost& cost : result.contention->fitted)
      if (!cost.identified)
        result.warnings.push_back(fmt::format("{}: the captures do not tell; it is {:.3g}, within {:.3g} to {:.3g}",
                                              cost.name, cost.value.value, cost.value.lo, cost.value.hi));
  }
  return result;
}

}  // namespace capplan::plan
