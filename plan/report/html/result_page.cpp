// The page of one answer: the verdict first, what it rests upon, and what everything comes from.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/assumptions.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/result_charts.h"
#include "plan/report/html/simulated.h"
#include "plan/report/laws_report.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

std::string warnings_of(const Result& result) {
  if (result.warnings.empty()) return paragraph_of("There are none.");
  Grid grid({{"code", true}, {"what to be careful about", true}});
  for (const Warning& warning : result.warnings) grid.add({{warning.code}, {warning.text}});
  return html(grid);
}

}  // namespace

PageContent page_of(const Result& result) {
  const Report report = plan::report(result);
  std::string slos, over_time, figures;
  const auto known = [](const SloResult& slo) { return slo.estimate.known; };
  for (const Block& block : report.blocks) {
    if (block.title == "warnings" || block.title == "laws" || !block.on_terminal) continue;
    if (block.title == "SLOs")
      slos = block_html(block) + (std::all_of(result.slos.begin(), result.slos.end(), known) ? "" : notes_of(report));
    else if (block.title == "alerts" || block.title == "error budgets")
      over_time += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
    else
      figures += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  }
  if (slos.empty()) slos = paragraph_of("The scenario states no SLO.");
  if (result.profile.empty())
    figures += paragraph_of("This result was stored without the data of charts; run the scenario again to see them.");
  return {.name = result.name,
          .head = head(report, result.name) + drawing(result.scenario),
          .sections = {{"verdict", "Verdict", slos + drawn(slo_chart(result)) + over_time},
                       {"spectrum", "Latency spectrum", drawn(spectrum_chart(result))},
                       {"stages", "Where the time goes", drawn(stages_chart(result))},
                       {"utilization", "Utilization", drawn(utilization_chart(result))},
                       {"time", "Over time", drawn(time_charts(result))},
                       {"figures", "All figures", figures + notes_of(report)},
                       {"laws", "Laws of queueing", result.laws.empty() ? "" : block_html(all_laws_block(result))},
                       {"calibration", "Validation against captures",
                        blocks_html(calibration_blocks(result.calibration)) + drawn(covered_chart(result.calibration))},
                       {"warnings", "Warnings", warnings_of(result)},
                       {"assumptions", "Assumptions", assumptions(result.scenario, {})},
                       {"provenance", "Provenance",
                        provenance({{"scenario", result.name},
                                    {"scenario hash", result.scenario_hash},
                                    {"seed", fmt::format("{}", result.seed)},
                                    {"engine revision", fmt::format("{}", result.revision)},
                                    {"replications", fmt::format("{}", result.replications)}})}},
          .json = to_json(result, -1)};
}

}  // namespace capplan::plan
