// The page of a sweep: the answer, the grid, each point, what it rests upon.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/assumptions.h"
#include "plan/report/html/explorer.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/page_sweep.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/html/short_labels.h"
#include "plan/report/html/simulated.h"
#include "plan/report/html/sweep_answer.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

OtherValues varied(const std::vector<Axis>& axes) {
  OtherValues others;
  for (const Axis& axis : axes) others[axis.key] = fmt::format("varied: {}", fmt::join(axis.labels, ", "));
  return others;
}

/// The ends of each axis, for the drawing.
OtherValues shortly(const std::vector<Axis>& axes) {
  OtherValues others;
  for (const Axis& axis : axes)
    if (!axis.labels.empty())
      others[axis.key] =
          axis.labels.size() == 1 ? axis.labels.front() : axis.labels.front() + " to " + axis.labels.back();
  return others;
}

/// Each warning once, with the number of points that have it.
std::string warnings_of(const Sweep& sweep) {
  std::vector<std::pair<Warning, int>> counted;
  for (const SweepPoint& point : sweep.points)
    for (const Warning& warning : point.result.warnings) {
      const auto known =
          std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == warning; });
      if (known == counted.end())
        counted.emplace_back(warning, 1);
      else
        ++known->second;
    }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first.code < b.first.code; });
  if (counted.empty()) return paragraph_of("There are none.");
  Grid grid({{"code", true}, {"points"}, {"what to be careful about", true}});
  for (const auto& [warning, count] : counted) grid.add({{warning.code}, {fmt::format("{}", count)}, {warning.text}});
  return html(grid);
}

/// What each point does, folded; drawn when it is opened.
std::string points_of(const Sweep& sweep) {
  std::string text;
  bool all = true;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const SweepPoint& point = sweep.points[i];
    const Result& result = point.result;
    const std::string verdict = point.done ? mark(result.verdict, !result.slos.empty()) : "·";
    text += fmt::format("<details class=\"point\" id=\"{}\"><summary><span class=\"{}\">{}</span> {}</summary>\n",
                        point_anchor(i), class_of(verdict), verdict, escaped(settings_of(sweep, point)));
    if (!point.done) text += paragraph_of("Not done yet.");
    all = all && (!point.done || !result.profile.empty());
    for (const Block& block : point.done ? report(result).blocks : std::vector<Block>{})
      if (block.title == "SLOs") text += block_html(block);
    if (point.done && !result.profile.empty()) text += drawn(spectrum_chart(result)) + drawn(stages_chart(result));
    text += "</details>\n";
  }
  return paragraph_of(all ? "SLOs, latency spectrum and stages of a point: open it."
                          : "SLOs of a point: open it. Latency spectrum and stages are there for the points that the "
                            "answer names; for any other: capplan run with its settings, and -o run.html.",
                      "note") +
         text;
}

/// The answer in words, then a row for each point.
std::string answer_of(const Sweep& sweep, const Report& report) {
  std::string answer, table;
  const std::vector<Block> more = answer_blocks(sweep);
  const bool tabled = more.size() > 2;  // the smallest settings
  std::vector<std::string> anchors;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) anchors.push_back(point_anchor(i));
  for (const Block& block : report.blocks) {
    if (!block.on_terminal) continue;
    if (block.grid) {
      table += html(*block.grid, anchors);
      for (const std::string& sentence : block.sentences) table += paragraph_of(sentence);
    } else if (!tabled) {
      answer += block_html(block);
    }
  }
  return answer + blocks_html(more) + (more.empty() ? "" : "<h3>Point by point</h3>\n") + table + notes_of(report);
}

}  // namespace

PageContent page_of(const Sweep& whole) {
  const Sweep page = for_page(whole);
  const Sweep sweep = with_short_labels(page);
  const Report report = plan::report(sweep);
  const auto base = std::find_if(sweep.points.begin(), sweep.points.end(), [](const auto& p) { return p.done; });
  const Result none, &result = base == sweep.points.end() ? none : base->result;
  const OtherValues varying = varied(sweep.axes);
  return {.name = sweep.name,
          .head = head(report, sweep.name) + drawing(result.scenario, shortly(sweep.axes)),
          .sections = {{"verdict", "Answer", answer_of(sweep, report)},
                       {"sweep", "Over the axes", drawn(sweep_charts(sweep))},
                       {"explore", "Ask for a point", explorer(sweep)},
                       {"points", "Each point", points_of(sweep)},
                       {"calibration", "Validation against captures", blocks_html(calibration_blocks(sweep))},
                       {"warnings", "Warnings", warnings_of(sweep)},
                       {"assumptions", "Assumptions", assumptions(result.scenario, varying)},
                       {"provenance", "Provenance",
                        provenance({{"scenario", sweep.name},
                                    {"first point's hash", result.scenario_hash},
                                    {"seed", fmt::format("{}", sweep.seed)},
                                    {"engine revision", fmt::format("{}", result.revision)},
                                    {"points", fmt::format("{}", sweep.points.size())}})}},
          .json = to_json(page, -1)};
}

}  // namespace capplan::plan
