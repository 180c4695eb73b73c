// Reports as markdown: the same blocks as the text, under headings, to be pasted into an issue or a page.

#include <string>

#include "plan/report/drift_report.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/index_report.h"
#include "plan/report/report.h"
#include "plan/report/rules_report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

namespace {

std::string text(const Report& report) {
  std::string result =
      "## " + (report.mark.empty() ? "" : report.mark + " ") + report.headline + "\n\n" + report.setting + "\n";
  for (const Block& block : report.blocks) {
    result += "\n";
    if (!block.title.empty()) result += "### " + block.title + "\n\n";
    if (block.grid) result += block.grid->markdown();
    if (block.grid && !block.sentences.empty()) result += "\n";
    for (const std::string& sentence : block.sentences) result += "- " + sentence + "\n";
    if (!block.code.empty()) result += "```sql\n";
    for (const std::string& line : block.code) result += line + "\n";
    if (!block.code.empty()) result += "```\n";
  }
  if (report.has_unknown) result += "\n" + std::string(unknown_note) + "\n";
  return result;
}

}  // namespace

std::string markdown(const Result& result, const FigureChoice& choice) { return text(report(result, choice)); }

std::string markdown(const Sweep& sweep, const FigureChoice& choice) { return text(report(sweep, choice)); }

std::string markdown(const Comparison& comparison, const FigureChoice& choice) {
  return text(report(comparison, choice));
}

std::string markdown(const IndexPlans& plans) { return text(report(plans)); }
std::string markdown(const Drift& drift) { return text(report(drift)); }
std::string markdown(const Rules& rules) { return text(report(rules)); }
std::string markdown(const HitCurves& curves) { return text(report(curves)); }
std::string markdown(const Validation& validation) { return text(report(validation)); }

}  // namespace capplan::plan
