#include "plan/report/inspection_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/report/html/page_parts.h"
#include "plan/report/topics.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

Topic formats_topic();

namespace {

constexpr std::size_t most_rows_in_text = 24;
constexpr std::size_t most_rows_on_page = 500;

Grid grid_of(const InspectedTable& table, std::size_t most_rows) {
  std::vector<Heading> heads;
  for (const std::string& label : table.labels) heads.push_back({label, true});
  for (const InspectedColumn& column : table.columns) heads.push_back({column.heading});
  Grid grid(std::move(heads));
  for (std::size_t i = 0; i < table.rows.size() && i < most_rows; ++i) {
    std::vector<Cell> cells;
    for (const std::string& word : table.rows[i].words)
      cells.push_back({elided(printable(word), table.columns.empty() ? 300 : 40)});
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
      const core::Estimate& figure = table.rows[i].figures[k];
      const Unit unit = table.columns[k].unit;
      cells.push_back(!figure.known                                       ? Cell{"-"}
                      : table.columns[k].sampled && figure.lo < figure.hi ? cell(figure, unit)
                                                                          : Cell{compact(figure.value, unit)});
    }
    grid.add(std::move(cells));
  }
  return grid;
}

std::string cut_note(const InspectedTable& table, std::size_t most_rows) {
  return fmt::format("the first {} of {}; --format json has all", most_rows, table.rows.size());
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace

std::string title_of(const Inspection& inspection) {
  const CaptureFormat* format = find_format(inspection.format);
  return format ? format->title : "the manifest of a capture";
}

Report report(const Inspections& inspections) {
  Report report{
      .headline = fmt::format("{} file{} of measurements", inspections.size(), inspections.size() == 1 ? "" : "s"),
      .titled = true};
  for (const Inspection& one : inspections) {
    Block what{.title = fmt::format("{}: {}", printable(one.file), title_of(one)), .sentences = {printable(one.says)}};
    for (const std::string& warning : one.warnings) what.sentences.push_back("warning: " + printable(warning));
    report.blocks.push_back(std::move(what));
    for (const InspectedTable& table : one.tables) {
      if (table.rows.empty()) continue;
      Block block{fmt::format("{}, {}", printable(one.file), table.title), grid_of(table, most_rows_on_page), {}};
      if (table.rows.size() > most_rows_on_page) block.sentences.push_back(cut_note(table, most_rows_on_page));
      report.blocks.push_back(std::move(block));
    }
  }
  return report;
}

std::string text_table(const Inspections& inspections, const TableOptions& options) {
  const auto columns = static_cast<std::size_t>(std::max(40, options.width));
  std::string text;
  for (const Inspection& one : inspections) {
    text += (text.empty() ? "" : "\n") + paragraph(fmt::format("{}: {}", one.file, title_of(one)), columns, 2);
    text += paragraph("  " + one.says, columns, 2);
    for (const InspectedTable& table : one.tables) {
      if (table.rows.empty() || !table.in_text) continue;
      text += "\n" + table.title + "\n" + grid_of(table, most_rows_in_text).text(columns, options.color);
      if (table.rows.size() > most_rows_in_text) text += paragraph(cut_note(table, most_rows_in_text), columns);
    }
    for (const std::string& warning : one.warnings) text += paragraph("warning: " + warning, columns, 2);
  }
  return text;
}

std::string csv(const Inspections& inspections) {
  std::string text = "file,format,table,row,figure,value,lo,hi\n";
  for (const Inspection& one : inspections)
    for (const InspectedTable& table : one.tables)
      for (const InspectedTable::Row& row : table.rows)
        for (std::size_t k = 0; k < table.columns.size(); ++k) {
          const core::Estimate& e = row.figures[k];
          text += fmt::format("{},{},{},{},{}", quoted(one.file), one.format, table.key,
                              quoted(fmt::format("{}", fmt::join(row.words, "/"))), table.columns[k].key);
          text += !e.known                   ? ",,,\n"
                  : table.columns[k].sampled ? fmt::format(",{},{},{}\n", e.value, e.lo, e.hi)
                                             : fmt::format(",{},,\n", e.value);
        }
  return text;
}

PageContent page_of(const Inspections& inspections) {
  const Report said = report(inspections);
  const std::string name = "Files of measurements";
  PageContent content{.name = name, .head = head(said, name), .json = to_json(inspections, -1)};
  for (std::size_t i = 0; i < said.blocks.size(); ++i)
    content.sections.push_back({fmt::format("table-{}", i + 1), said.blocks[i].title, block_html(said.blocks[i])});
  return content;
}

Topic formats_topic() {
  Grid grid({{"format", true}, {"in a manifest", true}, {"written by", true}, {"what it holds", true}});
  for (const CaptureFormat& format : capture_formats())
    grid.add({{format.name},
              {format.log_word.empty() ? "-" : fmt::format("format = \"{}\"", format.log_word)},
              {format.made_by},
              {fmt::format("{}: {}{}", format.title, format.holds,
                           format.read_requests ? "; costs can be fitted to it" : "")}});
  Report report{.headline = "Formats of captures",
                .setting =
                    "Files are recognised by their lines, plain or gzip, whatever they are called; --as FORMAT reads "
                    "one as what it is not recognised as. capplan inspect FILE shows what it holds.",
                .blocks = {{"", std::move(grid), {}}}};
  return {"formats", "formats of logs and snapshots that can be read, and what each holds", std::move(report)};
}

}  // namespace capplan::plan
