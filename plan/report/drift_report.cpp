// Drift as a report: the verdict in words, what moved before what did not, and what cannot be told with its reason.

#include "plan/report/drift_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/html/page_parts.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

std::string marked(Moved moved) { return moved == Moved::moved ? "✗" : moved == Moved::none_shown ? "" : "?"; }

Unit unit_of(const DriftLine& l) {
  switch (l.kind) {
    case DriftKind::mix:
      return Unit::ratio;
    case DriftKind::rate:
      return Unit::per_second;
    case DriftKind::dispersion:
    case DriftKind::skew:
      return Unit::count;
    default:
      return Unit::seconds;
  }
}

/// {"+12.3%", "[+4, +21]"}, in percent; from ten times on {"×18.4", "[15.1, 22.4]"}.
Cell change_of(const core::Estimate& ratio) {
  if (!ratio.known) return {"-"};
  if (ratio.value >= 10)
    return {fmt::format("×{:.1f}", ratio.value), fmt::format("[{:.1f}, {:.1f}]", ratio.lo, ratio.hi)};
  const auto percent = [](double x, double digit) { return std::round((x - 1) * 100 / digit) * digit + 0.0; };
  return {fmt::format("{:+.1f}%", percent(ratio.value, 0.1)),
          fmt::format("[{:+.0f}, {:+.0f}]", percent(ratio.lo, 1), percent(ratio.hi, 1))};
}

core::Estimate off(const core::Estimate& ratio) { return {ratio.value - 1, ratio.lo - 1, ratio.hi - 1, ratio.known}; }

/// "demand of search", "mix", "host speed".
std::string subject_of(const DriftLine& l) {
  switch (l.kind) {
    case DriftKind::demand:
      return l.subject.empty() ? "demand of all" : "demand of " + printable(l.subject);
    case DriftKind::mix:
      return l.subject.empty() ? "mix" : "mix, " + printable(l.subject);
    case DriftKind::skew:
      return "skew of keys";
    case DriftKind::think:
      return "think time";
    case DriftKind::host:
      return "host speed";
    default:
      return to_string(l.kind);
  }
}

/// "p50 +21.3%", "dispersion at 1s ×2.1".
std::string change_text(const DriftLine& l) {
  if (l.kind == DriftKind::mix) return fmt::format("{} of requests changed class", compact(l.distance, Unit::ratio));
  const std::string change = change_of(l.ratio).text;
  return l.kind == DriftKind::demand || l.kind == DriftKind::dispersion ? l.figure + " " + change : change;
}

/// "demand of search (p50 +21%, p95 +19%), rate (+67%)", of those that moved and are of the kinds.
std::string moved_text(const CaptureDrift& drift, bool demand) {
  std::string text, last;
  for (const DriftLine& l : drift.lines) {
    if (l.verdict != Moved::moved || (l.kind == DriftKind::demand) != demand) continue;
    const std::string of = subject_of(l);
    text += of == last ? ", " : (text.empty() ? "" : "), ") + of + " (";
    text += change_text(l);
    last = of;
  }
  return text.empty() ? text : text + ")";
}

bool any(const CaptureDrift& drift, bool (*holds)(const DriftLine&)) {
  return std::any_of(drift.lines.begin(), drift.lines.end(), holds);
}

std::string p_text(double p) { return p < 0.001 ? "<0.001" : fmt::format("{:.2g}", p); }

std::vector<Cell> row(const DriftLine& l) {
  const Unit unit = unit_of(l);
  const auto figure = [&](double x) { return x > 0 ? compact(x, unit) : "-"; };
  return {{marked(l.verdict)},
          {subject_of(l)},
          {l.figure},
          {figure(l.calibrated)},
          {figure(l.measured)},
          change_of(l.ratio),
          {l.tested ? p_text(l.adjusted_p) : ""},
          {to_string(l.verdict)}};
}

/// "demand of search p50, p95 and mix: too few requests": each note once, with what it is of.
std::vector<std::string> notes_of(const CaptureDrift& drift) {
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;
  for (const DriftLine& l : drift.lines) {
    if (l.note.empty()) continue;
    auto found = std::find_if(notes.begin(), notes.end(), [&](const auto& note) { return note.first == l.note; });
    if (found == notes.end()) found = notes.insert(notes.end(), {l.note, {}});
    found->second.push_back(subject_of(l) + (l.figure.empty() ? "" : " " + l.figure));
  }
  std::vector<std::string> texts;
  for (const auto& [note, of] : notes) {
    const std::string whole = fmt::format("all {} figures", of.size());
    texts.push_back(fmt::format(
        "{}: {}", of.size() == drift.lines.size() && of.size() > 1 ? whole : fmt::format("{}", fmt::join(of, ", ")),
        printable(note)));
  }
  return texts;
}

Block block_of(const CaptureDrift& drift) {
  Block block{fmt::format("{} against {}", printable(drift.name), printable(drift.against)), {}, {}};
  Grid grid({{""}, {"what", true}, {"figure", true}, {"calibrated"}, {"capture"}, {"change"}, {"p"}, {"", true}});
  for (const DriftLine& l : drift.lines) grid.add(row(l));
  block.grid = std::move(grid);
  block.sentences.push_back(in_words(drift));
  for (const std::string& note : notes_of(drift)) block.sentences.push_back(note);
  for (const std::string& warning : drift.warnings) block.sentences.push_back("warning: " + printable(warning));
  return block;
}

}  // namespace

std::string in_words(const CaptureDrift& drift) {
  const std::string demand = moved_text(drift, true), load = moved_text(drift, false), name = printable(drift.name);
  const bool other_cost =
      any(drift, [](const DriftLine& l) { return l.verdict == Moved::cannot_tell && l.kind == DriftKind::demand; });
  if (!demand.empty())
    return fmt::format("{}: recalibrate, because the {} moved{}", name, demand,
                       load.empty() ? "" : "; so did the " + load);
  if (!load.empty())
    return fmt::format(
        "{}: the {} moved; {}", name, load,
        other_cost ? "no demand is shown to have moved, though not all can be told" : "the demands still hold");
  if (drift.verdict == Moved::none_shown)
    return fmt::format("{}: the calibration still describes it{}", name,
                       other_cost ? ", as far as can be told of rare classes" : "");
  return fmt::format(
      "{}: cannot tell; nothing is shown to have moved, but a change that matters could hide in what chance does; "
      "longer captures tell more, and so does a wider --margin",
      name);
}

std::string in_words(const Drift& drift) {
  if (drift.captures.size() == 1) return in_words(drift.captures.front());
  std::vector<std::string> moved, same, untold;
  bool demand = false;
  for (const CaptureDrift& c : drift.captures) {
    (c.verdict == Moved::moved ? moved : c.verdict == Moved::none_shown ? same : untold).push_back(printable(c.name));
    demand = demand || !moved_text(c, true).empty();
  }
  std::string text =
      drift.verdict == Moved::moved
          ? fmt::format("{}: {} moved", demand ? "recalibrate" : "the load moved", fmt::join(moved, ", "))
      : drift.verdict == Moved::none_shown ? "the calibration is still valid for every capture"
                                           : "cannot tell of every capture";
  if (drift.verdict != Moved::none_shown && !same.empty())
    text += fmt::format("; it still describes {}", fmt::join(same, ", "));
  if (!untold.empty()) text += fmt::format("; {} cannot be told", fmt::join(untold, ", "));
  return text;
}

Report report(const Drift& drift) {
  Report report;
  report.mark = drift.verdict == Moved::moved ? "✗" : drift.verdict == Moved::none_shown ? "✓" : "?";
  report.headline = in_words(drift);
  report.setting =
      fmt::format("calibration {}; a change matters from {} on; p by Holm over all figures, of changes of any size",
                  printable(drift.calibration), compact(drift.margin, Unit::ratio));
  report.titled = true;
  for (const CaptureDrift& capture : drift.captures) {
    report.blocks.push_back(block_of(capture));
    if (drift.captures.size() == 1) report.blocks.back().sentences.erase(report.blocks.back().sentences.begin());
  }
  return report;
}

Chart drift_chart(const Drift& drift) {
  Chart chart{.kind = ChartKind::dots,
              .title = "Change from calibrated to measured (%), with its 95 % interval",
              .x_name = "figure"};
  ChartSeries series{.name = "change", .unit = Unit::ratio};
  for (const CaptureDrift& capture : drift.captures)
    for (const DriftLine& l : capture.lines) {
      chart.labels.push_back(subject_of(l) + " " + l.figure);
      chart.groups.push_back(capture.name);
      series.values.push_back(off(l.ratio));
      series.words.push_back(l.ratio.known ? marked(l.verdict) : "unknown");
    }
  if (!chart.labels.empty()) chart.series.push_back(std::move(series));
  chart.limits.push_back({"no change", 0, 0});
  return chart;
}

PageContent page_of(const Drift& drift) {
  const Report said = report(drift);
  const std::string name = "Drift of a calibration";
  return {.name = name,
          .head = head(said, name),
          .sections = {{"changes", "What moved", drawn(drift_chart(drift)) + paragraph_of(dots_note, "note of-chart")},
                       {"figures", "All figures", titled_blocks(said.blocks)}},
          .json = to_json(drift, -1)};
}

}  // namespace capplan::plan
