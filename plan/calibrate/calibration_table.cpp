// A calibration as aligned text for a terminal: one line a class, each percentile with its 95 % interval as the greater
// of its two sides in percent. Format: capplan's own. Limits: a percentile that the sample cannot carry is a dash.

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/units.h"
#include "plan/calibrate/calibration.h"

namespace capplan::plan {

namespace {

constexpr std::size_t columns = 9;
using Line = std::array<std::string, columns>;

std::string with_interval(const core::Estimate& e, std::string (*show)(double)) {
  if (!e.known) return "-";
  const double side = std::max(e.hi - e.value, e.value - e.lo);
  return e.value > 0 ? fmt::format("{} ±{:.0f}%", show(e.value), 100 * side / e.value) : show(e.value);
}

Line line_of(const ClassCalibration& c) {
  const SampleSummary& s = c.fit.sample;
  return {c.name,
          core::format_count(static_cast<double>(s.count)),
          with_interval(s.mean, core::format_duration),
          with_interval(s.p50, core::format_duration),
          with_interval(s.p95, core::format_duration),
          with_interval(s.p99, core::format_duration),
          c.fit.chosen.family,
          fmt::format("{:.4f}", c.fit.chosen.ks),
          fmt::format("{:.2f}", c.fit.chosen.anderson_darling)};
}

/// Width in characters, not in bytes of UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Columns padded to their widest, names and families to the left, numbers to the right.
std::string aligned(const std::vector<Line>& lines) {
  std::array<std::size_t, columns> widest{};
  for (const Line& line : lines)
    for (std::size_t i = 0; i < columns; ++i) widest[i] = std::max(widest[i], width(line[i]));
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string gap(widest[i] - width(line[i]), ' ');
      const bool left = i == 0 || i == 6;
      row += (i > 0 ? "  " : "") + (left ? line[i] + gap : gap + line[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace

std::string summary_table(const Calibration& calibration) {
  std::vector<Line> lines{{"class", "requests", "mean", "p50", "p95", "p99", "family", "KS", "A²"}};
  for (const ClassCalibration& c : calibration.classes) lines.push_back(line_of(c));
  std::string text = aligned(lines) + "\n";
  for (const CaptureRecord& r : calibration.captures)
    text += fmt::format("capture {}: {} requests, mean duration {}, server CPU {}\n", r.manifest.name, r.rows,
                        core::format_duration(r.mean_duration),
                        r.cpu_per_request ? core::format_duration(*r.cpu_per_request) + " a request" : "not measured");
  const WorkloadFit& w = calibration.workload;
  text += fmt::format("load: {}, cv of spacing {}, dispersion at 1 s {}\n", with_interval(w.rate, core::format_rate),
                      with_interval(w.cv, core::format_count), with_interval(w.dispersion, core::format_count));
  for (const std::string& note : w.notes) text += "note: " + note + "\n";
  for (const std::string& warning : calibration.warnings) text += "warning: " + warning + "\n";
  return text;
}

}  // namespace capplan::plan
