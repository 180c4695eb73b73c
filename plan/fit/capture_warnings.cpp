#include "plan/fit/capture_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "core/error.h"
#include "core/units.h"
#include "plan/fit/component_checks.h"

namespace capplan::plan {

namespace {

constexpr double probe_drift = 0.08;  // of the host's speed while a capture ran
constexpr double alike = 0.2;         // of the log's span and rate beside the manifest's
constexpr double most_offered = 100;  // times what the log has: no overload that anyone takes is as high
constexpr double few_requests = 1e6;  // are replayed in seconds, whatever the log has

/// Seconds that a manifest may say of a log that spans so many: pauses at both ends, and not another run.
double span_allowed(double span) { return 600 + 20 * span; }

/// Malformed lines, requests that were not completed, and a log that ends early.
void warn_of_log(const RequestLog& log, std::vector<std::string>& warnings) {
  warnings.insert(warnings.end(), log.warnings.begin(), log.warnings.end());
  if (log.malformed > 0 && !log.examples.empty()) {
    const core::Problem& first = log.examples.front();
    warnings.push_back(fmt::format("{} of {} lines are malformed and were left out, the first in line {}: {}",
                                   log.malformed, log.lines, first.where.line, first.what));
  }
  const auto skipped = std::accumulate(log.skipped.begin(), log.skipped.end(), std::int64_t{0});
  const auto failed = std::accumulate(log.failed.begin(), log.failed.end(), std::int64_t{0});
  if (skipped > 0)
    warnings.push_back(
        fmt::format("{} requests were skipped, as they were late: the others' times are those of a "
                    "lighter load, which a replay does not know",
                    skipped));
  if (failed > 0) warnings.push_back(fmt::format("{} requests failed; no time of theirs is known", failed));
  if (log.truncated) warnings.push_back("the gzip stream of the log is damaged or ends early; the rest is missing");
}

/// From the first scheduled start to the last end, in seconds.
double span_of(const RequestLog& log) {
  return log.size() == 0 ? 0 : core::to_seconds(*std::max_element(log.finish_ns.begin(), log.finish_ns.end()));
}

/// All requests of the log: completed, skipped and failed.
double came(const RequestLog& log) {
  auto count = static_cast<std::int64_t>(log.size());
  count = std::accumulate(log.skipped.begin(), log.skipped.end(), count);
  count = std::accumulate(log.failed.begin(), log.failed.end(), count);
  return static_cast<double>(count);
}

/// How long the log is, and how many requests a second it holds, beside what the manifest says.
void warn_of_span(const CaptureManifest& m, const RequestLog& log, std::vector<std::string>& warnings) {
  if (log.size() == 0) return;
  const double span = span_of(log);
  const double duration = core::to_seconds(m.duration);
  if (std::abs(span / duration - 1) > alike) {
    warnings.push_back(
        fmt::format("the log spans {} where the manifest says {}; rate and CPU per request follow the manifest",
                    core::format_duration(span), core::format_duration(duration)));
    return;
  }
  const double rate = came(log) / m.sample_rate / duration;
  if (m.open() && std::abs(rate / m.rate - 1) > alike && came(log) >= 100)
    warnings.push_back(
        fmt::format("the log has {:.4g} requests/s where the manifest says {:.4g}: {}", rate, m.rate,
                    rate < m.rate ? "the system could not carry more, or the rate is another" : "the rate is another"));
}

}  // namespace

void check_against_log(const CaptureManifest& m, const RequestLog& log) {
  std::vector<core::Problem> problems;
  const auto refuse = [&](const std::string& key, std::string what, std::string hint) {
    problems.push_back({{m.file, 0, 0}, key, std::move(what), std::move(hint)});
  };
  for (const auto& [name, weight] : m.mix) {
    if (std::find(log.classes.begin(), log.classes.end(), name) != log.classes.end()) continue;
    const std::string near = core::nearest(name, log.classes);
    refuse("load.mix." + name, "is none of the classes in the log", near.empty() ? "" : "did you mean " + near + "?");
  }
  const double span = span_of(log), duration = core::to_seconds(m.duration);
  if (duration > span_allowed(span))
    refuse("capture.duration",
           fmt::format("is {}, where the log spans {}", core::format_duration(duration), core::format_duration(span)),
           fmt::format("duration = \"{:.0f}s\"", std::max(1.0, span)));
  else if (m.open() && m.rate * duration > few_requests + most_offered * came(log) / m.sample_rate)
    refuse("load.rate",
           fmt::format("offers {:.3g} requests in {}, where the log has {:.0f}", m.rate * duration,
                       core::format_duration(duration), came(log)),
           fmt::format("rate = \"{:.4g}/s\"", std::max(1e-3, came(log) / m.sample_rate / duration)));
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

std::vector<std::string> capture_warnings(const CaptureManifest& m, const RequestLog& log) {
  std::vector<std::string> warnings;
  warn_of_log(log, warnings);
  for (std::string& text : snapshot_warnings(m, log)) warnings.push_back(std::move(text));
  if (m.probe_before && m.probe_after) {
    const double drift = static_cast<double>(*m.probe_after) / static_cast<double>(*m.probe_before) - 1;
    if (std::abs(drift) > probe_drift)
      warnings.push_back(fmt::format("the probe after differs from the one before by {}: the host's speed drifted",
                                     core::format_ratio(std::abs(drift))));
  }
  warn_of_span(m, log, warnings);
  if (std::error_code code; !m.settings.empty() && !std::filesystem::is_regular_file(m.settings, code))
    warnings.push_back(fmt::format("the settings, {}, are not there", m.settings));
  return warnings;
}

}  // namespace capplan::plan
