// The page of a comparison: what changes, what differs in the inputs, what both rest upon.

#include <fmt/format.h>

#include "plan/report/html/assumptions.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/html/result_charts.h"
#include "plan/study/figure_text.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

constexpr const char* changes_note =
    "p is adjusted by Holm over the figures of the chart, and over all others by Benjamini and Hochberg. A difference "
    "is "
    "called better or worse where p is below 0.05 and it is larger than its margin; there is no practical difference "
    "where its whole interval lies within the margin.";

OtherValues of_both(const std::vector<SettingDifference>& differences) {
  OtherValues others;
  const auto shown = [](const std::string& value) { return value.empty() ? "not set" : elided(value, 80); };
  for (const SettingDifference& each : differences)
    others[each.key] = fmt::format("A: {}; B: {}", shown(each.a), shown(each.b));
  return others;
}

}  // namespace

PageContent page_of(const Comparison& comparison) {
  const Report report = plan::report(comparison);
  std::string inputs, slos, warnings;
  for (const Block& block : report.blocks) {
    if (block.title == "what differs") inputs += block_html(block);
    if (block.title == "SLOs") slos += block_html(block);
    if (block.title == "warnings") warnings += block_html(block);
  }
  std::string figures = drawn(change_chart(comparison)) + paragraph_of(dots_note, "note of-chart") +
                        html(all_changes(comparison)) + paragraph_of(changes_note, "note");
  for (const std::string& sentence : cautions(comparison)) figures += paragraph_of(sentence);
  const Result &a = comparison.a.result, &b = comparison.b.result;
  const auto both = [](const auto& first, const auto& second) {
    return first == second ? fmt::format("{} each", first) : fmt::format("{} and {}", first, second);
  };
  const std::string body =
      head(report, name_of(comparison)) + (slos.empty() ? "" : section("slos", "SLOs", slos)) +
      section("changes", "What changes", figures) + section("inputs", "What differs in the inputs", inputs) +
      section("calibration", "Validation against captures", blocks_html(calibration_blocks(comparison))) +
      section("warnings", "Warnings", warnings.empty() ? paragraph_of("There are none.") : warnings) +
      section("assumptions", "Assumptions", assumptions(a.scenario, of_both(comparison.settings))) +
      section("provenance", "Provenance",
              provenance({{"A", comparison.a.label},
                          {"B", comparison.b.label},
                          {"scenario hash of A", a.scenario_hash},
                          {"scenario hash of B", b.scenario_hash},
                          {"seed", both(a.seed, b.seed)},
                          {"engine revision", both(a.revision, b.revision)},
                          {"replications", both(a.replications, b.replications)},
                          {"random numbers", comparison.paired ? "shared: paired by replication" : "unpaired"},
                          {"margin", compact(comparison.margin, Unit::ratio) + " of A's value"}}));
  return {name_of(comparison), body, to_json(comparison, -1)};
}

}  // namespace capplan::plan
