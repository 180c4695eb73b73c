#include "plan/fit/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interval.h"
#include "core/units.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/carry.h"
#include "plan/fit/mix_drift.h"
#include "plan/fit/workload_fit.h"
#include "plan/format/document.h"

namespace capplan::plan {

namespace {

constexpr double dispersion_margins = 5;  // margins: half as many again is what waits for a core feel
constexpr double probe_error = 0.02;      // of ln of a capture's mean probe, at least
constexpr double probe_freedom = 10;
constexpr double spread_freedom = 30;  // of what a fit leaves
constexpr double untold_time = 0.2;    // of the capture's time in classes whose demand cannot be told

LogLevel inverse(LogLevel level) {
  level.value = -level.value;
  return level;
}

LogLevel fixed(double figure) { return {std::log(figure), 0, 0, figure > 0}; }

/// A factor of 1 that is off by `deviation`.
LogLevel error_only(double deviation, double freedom) { return {0, deviation, freedom, true}; }

/// Measured over calibrated, carried to the capture's load by `carried`.
DriftLine line(DriftKind kind, std::string subject, std::string figure, const LogLevel& before, const LogLevel& carried,
               const LogLevel& measured, double margin) {
  DriftLine l{.kind = kind, .subject = std::move(subject), .figure = std::move(figure)};
  l.margin = margin;
  if (before.known) l.before = l.calibrated = std::exp(before.value);
  if (measured.known) l.measured = std::exp(measured.value);
  const LogLevel ratio = product({measured, inverse(before), inverse(carried)});
  if (!ratio.known) return l;
  l.calibrated = std::exp(before.value + carried.value);
  l.ratio = as_ratio(ratio);
  l.p = p_of_one(ratio);
  l.tested = true;
  return l;
}

/// The host's speed as each capture's probes saw it: more is slower.
LogLevel probe_level(const CaptureManifest& m) {
  if (!(m.probe() > 0)) return {};
  const double own = std::fabs(std::log(core::to_seconds(*m.probe_after) / core::to_seconds(*m.probe_before))) / 2;
  return {std::log(m.probe()), std::max(probe_error, own), probe_freedom, true};
}

const ClassBaseline* class_of(const CaptureBaseline& b, const std::string& name) {
  for (const ClassBaseline& c : b.classes)
    if (c.name == name) return &c;
  return nullptr;
}

void add_demand(const CaptureBaseline& from, const CaptureBaseline& to, const Carried& carried, const FitSpread& spread,
                double margin, CaptureDrift& drift) {
  const double unlike = std::sqrt(2.0) * std::min(1.0, apart(from, to));
  const LogLevel a = probe_level(from.load), b = probe_level(to.load);
  const LogLevel host = a.known && b.known ? error_only(std::hypot(a.error, b.error), probe_freedom) : fixed(1);
  const auto carried_by = [&](const LogLevel& replayed, double left) {
    return product({replayed, host, error_only(unlike * left, spread_freedom)});
  };
  for (const ClassBaseline& c : to.classes) {
    const ClassBaseline* before = class_of(from, c.name);
    const auto own = std::find_if(carried.classes.begin(), carried.classes.end(),
                                  [&](const CarriedClass& k) { return k.name == c.name; });
    const auto add = [&](const char* figure, LogLevel ClassBaseline::*level, LogLevel CarriedClass::*factor,
                         double left) {
      const LogLevel old = before != nullptr ? before->*level : LogLevel{};
      DriftLine l = line(DriftKind::demand, c.name, figure, old, carried_by((*own).*factor, left), c.*level, margin);
      if (!l.tested)
        l.note = carried.saturated   ? "the server is full in the replay"
                 : before == nullptr ? fmt::format("{} has none of it", from.load.name)
                 : !(c.*level).known ? fmt::format("{} requests are too few", c.count)
                 : !old.known        ? fmt::format("{} has only {} of it", from.load.name, before->count)
                                     : "the calibration has no costs of it";
      drift.lines.push_back(std::move(l));
    };
    add("p50", &ClassBaseline::p50, &CarriedClass::p50, spread.p50);
    add("p95", &ClassBaseline::p95, &CarriedClass::p95, spread.p95);
  }
  if (!from.cpu_per_request && !to.cpu_per_request) return;
  DriftLine cpu = line(DriftKind::demand, "", "server CPU", fixed(from.cpu_per_request.value_or(0)),
                       carried_by(carried.cpu, spread.p50), fixed(to.cpu_per_request.value_or(0)), margin);
  if (!cpu.tested) cpu.note = "not measured in both captures";
  drift.lines.push_back(std::move(cpu));
}

void add_load(const CaptureBaseline& from, const CaptureBaseline& to, double margin, CaptureDrift& drift) {
  const LogLevel same = fixed(1);
  if (from.load.open() && to.load.open()) {
    drift.lines.push_back(line(DriftKind::rate, "", "requests/s", from.rate, same, to.rate, margin));
    std::vector<DriftLine> scales;  // of those that both have the finest, and the coarsest
    for (const DispersionBaseline& a : from.dispersion)
      for (const DispersionBaseline& b : to.dispersion)
        if (std::fabs(b.scale / a.scale - 1) < 1e-6)
          scales.push_back(line(DriftKind::dispersion, "", "at " + core::format_duration(a.scale), a.level, same,
                                b.level, dispersion_margins * margin));
    if (scales.size() > 2) scales.erase(scales.begin() + 1, scales.end() - 1);
    drift.lines.insert(drift.lines.end(), scales.begin(), scales.end());
  }
  if (from.think.known || to.think.known) {
    DriftLine think = line(DriftKind::think, "", "median", from.think, same, to.think, margin);
    if (!think.tested) think.note = "clients rest in one of the captures only";
    drift.lines.push_back(std::move(think));
  }
  if (from.zipf.known || to.zipf.known) {
    DriftLine skew = line(DriftKind::skew, "", "Zipf exponent", from.zipf, same, to.zipf, margin);
    if (!skew.tested) skew.note = "keys are known of one of the captures only";
    drift.lines.push_back(std::move(skew));
  }
  const LogLevel a = probe_level(from.load), b = probe_level(to.load);
  if (a.known || b.known) {
    DriftLine host = line(DriftKind::host, "", "probe", a, same, b, margin);
    if (!host.tested) host.note = "one of the captures has no probes";
    drift.lines.push_back(std::move(host));
  }
}

/// The calibration's capture that is most like another: its load, and the classes that it has.
const CaptureBaseline& closest(const std::vector<CaptureBaseline>& known, const CaptureBaseline& to,
                               const std::string& named, const std::string& file) {
  const CaptureBaseline* best = nullptr;
  double least = 0;
  std::vector<std::string> names;
  for (const CaptureBaseline& b : known) {
    names.push_back(b.load.name);
    if (b.load.name == named) return b;
    double far = apart(b, to), all = 0, lacking = 0;
    for (const ClassBaseline& c : to.classes) {
      all += static_cast<double>(c.count);
      if (class_of(b, c.name) == nullptr) lacking += static_cast<double>(c.count);
    }
    if (all > 0) far += 5 * lacking / all;
    if (best != nullptr && !(far < least)) continue;
    best = &b;
    least = far;
  }
  if (named.empty()) return *best;
  const std::string near = core::nearest(named, names);
  throw core::InputError(
      {file, 0, 0}, "calibration.baseline", fmt::format("there is no capture '{}'", named),
      near.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : "did you mean " + near + "?");
}

void warn(const CaptureBaseline& from, const CaptureBaseline& to, const FitSpread& spread, CaptureDrift& drift) {
  if (!spread.fitted && apart(from, to) > 0.3)
    drift.warnings.push_back(
        "the calibration rests on one load: what another load does to durations is carried over by replays that take "
        "durations for demands; give calibrate several captures at unlike loads");
  if (!(from.load.probe() > 0) || !(to.load.probe() > 0))
    drift.warnings.push_back("no probes in both captures: a change of demand may be the host's speed");
  for (const CaptureIndex& index : to.load.indexes)
    for (const CaptureIndex& before : from.load.indexes) {
      if (index.name != before.name) continue;
      const auto text = [](const CaptureIndex& i) { return i.kind + " " + write_toml(i.parameters); };
      if (text(index) != text(before))
        drift.warnings.push_back(
            fmt::format("index {} is built or searched otherwise than in {}: {} may cost otherwise "
                        "for that",
                        index.name, from.load.name, fmt::join(index.classes, ", ")));
    }
}

void judge(DriftLine& l) {
  if (l.kind == DriftKind::mix) return judge_mix(l);
  if (!l.tested) return;
  const double reach = std::log1p(l.margin);
  if (l.adjusted_p < drift_level && std::fabs(std::log(l.ratio.value)) > reach) {
    l.verdict = Moved::moved;
  } else if (std::log(l.ratio.lo) >= -reach && std::log(l.ratio.hi) <= reach) {
    l.verdict = Moved::none_shown;
  }
}

/// Of all lines of a capture: moved if one is. Cannot be told if the rate cannot, or the mix, or the demand of classes
/// that take much of the time.
Moved judged(const CaptureDrift& drift, const CaptureBaseline& to) {
  double untold = 0, all = 0;
  bool told = true;
  for (const ClassBaseline& c : to.classes) all += c.mean * static_cast<double>(c.count);
  for (const DriftLine& l : drift.lines) {
    if (l.verdict == Moved::moved) return Moved::moved;
    if (l.verdict == Moved::none_shown) continue;
    if (l.kind == DriftKind::rate || l.kind == DriftKind::mix) told = false;
    if (l.kind == DriftKind::demand && l.figure == "p50")
      if (const ClassBaseline* c = class_of(to, l.subject)) untold += c->mean * static_cast<double>(c->count);
  }
  return told && untold <= untold_time * all ? Moved::none_shown : Moved::cannot_tell;
}

}  // namespace

std::string to_string(DriftKind kind) {
  constexpr const char* words[] = {"demand", "mix", "rate", "dispersion", "skew", "think", "host"};
  return words[static_cast<std::size_t>(kind)];
}

std::string to_string(Moved moved) {
  return moved == Moved::moved ? "moved" : moved == Moved::none_shown ? "no change shown" : "cannot tell";
}

Drift drift(const models::Table& calibration, const std::string& file, const std::vector<CaptureBaseline>& captures,
            const DriftOptions& options) {
  const std::vector<CaptureBaseline> known = baselines_of(calibration, file);
  const FitSpread spread = spread_of(calibration);
  Drift result{.calibration = file, .margin = options.margin, .captures = {}};
  std::vector<core::Problem> problems;
  for (const CaptureBaseline& to : captures) try {
      const CaptureBaseline& from = closest(known, to, options.against, file);
      CaptureDrift own{.name = to.load.name, .against = from.load.name};
      add_demand(from, to, carry(calibration, from, to, options.cancel), spread, options.margin, own);
      own.lines.push_back(mix_line(from, to, options.margin));
      add_load(from, to, options.margin, own);
      warn(from, to, spread, own);
      result.captures.push_back(std::move(own));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  if (!problems.empty()) throw core::InputError(std::move(problems));

  std::vector<DriftLine*> tested;
  std::vector<double> p;
  for (CaptureDrift& capture : result.captures)
    for (DriftLine& l : capture.lines)
      if (l.tested) {
        tested.push_back(&l);
        p.push_back(l.p);
      }
  const std::vector<double> adjusted = core::holm_adjust(p);
  for (std::size_t i = 0; i < tested.size(); ++i) tested[i]->adjusted_p = adjusted[i];
  bool any_moved = false, any_untold = result.captures.empty();
  for (std::size_t i = 0; i < result.captures.size(); ++i) {
    for (DriftLine& l : result.captures[i].lines) judge(l);
    result.captures[i].verdict = judged(result.captures[i], captures[i]);
    any_moved = any_moved || result.captures[i].verdict == Moved::moved;
    any_untold = any_untold || result.captures[i].verdict == Moved::cannot_tell;
  }
  result.verdict = any_moved ? Moved::moved : any_untold ? Moved::cannot_tell : Moved::none_shown;
  return result;
}

Drift drift(const std::string& calibration, const std::vector<std::string>& manifests, const DriftOptions& options,
            bool lenient) {
  const models::Table table = read_toml(calibration);
  baselines_of(table, calibration);  // what is wrong with it is said before logs are read
  std::vector<CaptureBaseline> captures;
  std::vector<core::Problem> problems;
  for (const std::string& path : manifests) try {
      const CaptureManifest manifest = read_manifest(path);
      captures.push_back(baseline_of(manifest, read_log(manifest, lenient), keys_of(manifest)));
    } catch (const core::InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return drift(table, calibration, captures, options);
}

}  // namespace capplan::plan
