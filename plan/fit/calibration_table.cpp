// A calibration as aligned text for a terminal: one line a class, each percentile with its 95 % interval as the greater
// of its two sides in percent. Format: capplan's own. Limits: a percentile that the sample cannot carry is a dash.

#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "plan/costs/evidence.h"
#include "plan/fit/calibration.h"
#include "plan/fit/workload_file.h"
#include "plan/format/text_layout.h"

namespace capplan::plan {

namespace {

/// Wide enough that nothing gives way: the table has as many columns as there are figures.
constexpr std::size_t width = 400;

std::string with_interval(const core::Estimate& e, std::string (*show)(double)) {
  if (!e.known) return "-";
  const double side = std::max(e.hi - e.value, e.value - e.lo);
  return e.value > 0 ? fmt::format("{} ±{:.0f}%", show(e.value), 100 * side / e.value) : show(e.value);
}

std::vector<Cell> row_of(const ClassCalibration& c) {
  const SampleSummary& s = c.fit.sample;
  return {{c.name},
          {core::format_count(static_cast<double>(s.count))},
          {with_interval(s.mean, core::format_duration)},
          {with_interval(s.p50, core::format_duration)},
          {with_interval(s.p95, core::format_duration)},
          {with_interval(s.p99, core::format_duration)},
          {c.fit.chosen.family},
          {fmt::format("{:.4f}", c.fit.chosen.ks)},
          {fmt::format("{:.2f}", c.fit.chosen.anderson_darling)}};
}

/// What durations are made of, each part with its 95 % interval.
std::string contention_table(const ContentionFit& fit) {
  Grid grid({{"part of a duration", true}, {"fitted"}, {"", true}});
  for (const FittedCost& c : fit.fitted) {
    grid.add({{c.name},
              {with_interval(c.value, is_time(c.name) ? core::format_duration : core::format_count)},
              {c.identified ? "" : "the captures do not tell"}});
  }
  return grid.text(width) + fmt::format(
                                "\nhot costs from {}; the fit leaves p50 ±{:.0f}%, p95 ±{:.0f}%, p99 ±{:.0f}% "
                                "(one standard deviation)\n",
                                fit.base, 100 * fit.spread_p50, 100 * fit.spread_p95, 100 * fit.spread_p99);
}

}  // namespace

std::string summary_table(const Calibration& calibration) {
  if (calibration.captures.empty()) return calibration.indexes ? summary_table(*calibration.indexes) : "";
  Grid grid({{"class", true}, {"requests"}, {"mean"}, {"p50"}, {"p95"}, {"p99"}, {"family", true}, {"KS"}, {"A²"}});
  for (const ClassCalibration& c : calibration.classes) grid.add(row_of(c));
  std::string text = grid.text(width) + "\n";
  for (const CaptureRecord& r : calibration.captures)
    text += fmt::format("capture {}: {} requests, mean duration {}, server CPU {}\n", r.manifest.name, r.rows,
                        core::format_duration(r.mean_duration),
                        r.cpu_per_request ? core::format_duration(*r.cpu_per_request) + " a request" : "not measured");
  const WorkloadFit& w = calibration.workload;
  text += fmt::format("load: {}, cv of spacing {}, dispersion at 1 s {}\n", with_interval(w.rate, core::format_rate),
                      with_interval(w.cv, core::format_count), with_interval(w.dispersion, core::format_count));
  for (const std::string& sentence : workload_sentences(w)) text += "  " + sentence + "\n";
  if (calibration.contention) text += "\n" + contention_table(*calibration.contention) + "\n";
  for (const std::string& note : w.notes) text += "note: " + note + "\n";
  for (const std::string& warning : calibration.warnings) text += "warning: " + warning + "\n";
  if (calibration.indexes) text += "\n" + summary_table(*calibration.indexes);
  return text;
}

}  // namespace capplan::plan
