// Reports as text for a terminal. Blocks are set apart by an empty line; grids and sentences keep to the width.

#include "plan/report/tables.h"

#include <algorithm>

#include "plan/report/drift_report.h"
#include "plan/report/hit_curve_report.h"
#include "plan/report/index_report.h"
#include "plan/report/report.h"
#include "plan/report/rules_report.h"

namespace capplan::plan {

namespace {

std::string text(const Report& report, const TableOptions& options) {
  const auto width = static_cast<std::size_t>(std::max(options.width, 40));
  std::string mark = report.mark;
  if (options.color && !mark.empty()) {
    const char* code = mark == "✓" ? "32" : mark == "✗" ? "31" : "33";
    mark = std::string("\x1b[") + code + "m" + mark + "\x1b[0m";
  }
  std::string result = paragraph((mark.empty() ? "" : mark + " ") + report.headline, width, mark.empty() ? 0 : 2);
  result += paragraph((mark.empty() ? "" : "  ") + report.setting, width, mark.empty() ? 0 : 2);
  bool left_out = false;
  for (const Block& block : report.blocks) {
    if (!block.on_terminal) continue;
    result += "\n";
    if (report.titled && !block.title.empty()) result += paragraph(block.title, width);
    if (block.grid) result += block.grid->text(width, options.color, &left_out);
    for (const std::string& sentence : block.sentences) result += paragraph(sentence, width, 2);
    for (const std::string& line : block.code) result += "  " + line + "\n";
  }
  if (report.has_unknown || left_out) result += "\n";
  if (report.has_unknown) result += paragraph(unknown_note, width, 2);
  if (left_out) result += paragraph("Not every interval has room here; --format csv has them all.", width);
  return result;
}

}  // namespace

std::string text_table(const Result& result, const TableOptions& options) {
  return text(report(result, options.figures), options);
}

std::string text_table(const Sweep& sweep, const TableOptions& options) {
  return text(report(sweep, options.figures), options);
}

std::string text_table(const Comparison& comparison, const TableOptions& options) {
  return text(report(comparison, options.figures), options);
}

std::string text_table(const IndexPlans& plans, const TableOptions& options) { return text(report(plans), options); }
std::string text_table(const Rules& rules, const TableOptions& options) { return text(report(rules), options); }
std::string text_table(const HitCurves& curves, const TableOptions& options) { return text(report(curves), options); }

std::string text_table(const Validation& validation, const TableOptions& options) {
  return text(report(validation), options);
}
std::string text_table(const Drift& drift, const TableOptions& options) { return text(report(drift), options); }

}  // namespace capplan::plan
