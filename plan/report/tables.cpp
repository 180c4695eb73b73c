// Reports as text for a terminal and as markdown. In text, blocks are set apart by an empty line; grids and sentences
// keep to the width.

#include "plan/report/tables.h"

#include <algorithm>

namespace capplan::plan {

std::string text_table(const Report& report, const TableOptions& options) {
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

std::string markdown(const Report& report) {
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

}  // namespace capplan::plan
