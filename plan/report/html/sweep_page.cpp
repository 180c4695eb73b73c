// The page of a sweep: the answer, the grid, each point, what it rests upon.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/assumptions.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/page_sweep.h"
#include "plan/report/html/result_charts.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

/// Of the sweep's answers that stand open.
constexpr std::size_t most_sentences = 6;

OtherValues varied(const std::vector<Axis>& axes) {
  OtherValues others;
  for (const Axis& axis : axes) others[axis.key] = fmt::format("varied: {}", fmt::join(axis.labels, ", "));
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
  for (const SweepPoint& point : sweep.points) {
    if (!point.done || point.result.profile.empty()) continue;
    std::vector<std::string> at;
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) at.push_back(sweep.axes[a].key + " = " + point.labels[a]);
    const std::string verdict = mark(point.result.verdict, !point.result.slos.empty());
    text += fmt::format("<details class=\"point\"><summary><span class=\"{}\">{}</span> {}</summary>\n",
                        class_of(verdict), verdict, escaped(fmt::format("{}", fmt::join(at, ", ")))) +
            drawn(spectrum_chart(point.result)) + drawn(stages_chart(point.result)) + "</details>\n";
  }
  const bool all = sweep.points.size() <= most_details_on_page;
  if (all && text.empty()) return {};
  return paragraph_of(all ? "Latency spectrum and stages of a point: open it."
                          : "Latency spectrum and stages are here of the points that the answer names; of any other: "
                            "capplan run with its settings, and -o run.html.",
                      "note") +
         text;
}

}  // namespace

PageContent page_of(const Sweep& whole) {
  const Sweep sweep = for_page(whole);
  const Report report = plan::report(sweep);
  std::string answer, table;
  for (const Block& block : report.blocks)
    if (block.on_terminal) (block.grid ? table : answer) += block_html(block);
  if (sweep.smallest.size() > most_sentences)
    answer = fmt::format("<details><summary>The smallest settings that meet the SLOs ({})</summary>\n",
                         sweep.smallest.size()) +
             answer + "</details>\n";
  const auto base = std::find_if(sweep.points.begin(), sweep.points.end(), [](const auto& p) { return p.done; });
  const Result none, &result = base == sweep.points.end() ? none : base->result;
  const std::string body =
      head(report, sweep.name) + section("verdict", "Answer", answer + table + notes_of(report)) +
      section("sweep", "Over the grid", drawn(sweep_charts(sweep))) +
      section("points", "Each point", points_of(sweep)) +
      section("calibration", "Validation against captures", blocks_html(calibration_blocks(sweep))) +
      section("warnings", "Warnings", warnings_of(sweep)) +
      section("assumptions", "Assumptions", assumptions(result.scenario, varied(sweep.axes))) +
      section("provenance", "Provenance",
              provenance({{"scenario", sweep.name},
                          {"first point's hash", result.scenario_hash},
                          {"seed", fmt::format("{}", sweep.seed)},
                          {"engine revision", fmt::format("{}", result.revision)},
                          {"points", fmt::format("{}", sweep.points.size())}}));
  return {sweep.name, body, to_json(sweep, -1)};
}

}  // namespace capplan::plan
