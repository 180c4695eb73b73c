#include "plan/report/html/page_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/markup.h"

namespace capplan::plan {

std::string paragraph_of(const std::string& text, const char* name) {
  return "<p" + (*name != 0 ? fmt::format(" class=\"{}\"", name) : "") + ">" + escaped(text) + "</p>\n";
}

std::string drawn(const Chart& chart) {
  const auto has_value = [](const ChartSeries& series) {
    return std::any_of(series.values.begin(), series.values.end(), [](const core::Estimate& e) { return e.known; });
  };
  return std::any_of(chart.series.begin(), chart.series.end(), has_value) ? html(chart) : "";
}

std::string drawn(const std::vector<Chart>& charts) {
  std::string text;
  for (const Chart& chart : charts) text += drawn(chart);
  return text;
}

std::string block_html(const Block& block) {
  std::string text;
  if (block.grid) text += html(*block.grid);
  for (const std::string& sentence : block.sentences) text += paragraph_of(sentence);
  if (!block.code.empty()) {
    text += "<pre>";
    for (const std::string& line : block.code) text += escaped(line) + "\n";
    text += "</pre>\n";
  }
  return text;
}

std::string blocks_html(const std::vector<Block>& blocks) {
  std::string text;
  for (const Block& block : blocks)
    text += (&block == &blocks.front() ? "" : "<h3>" + escaped(block.title) + "</h3>\n") + block_html(block);
  return text;
}

std::string titled_blocks(const std::vector<Block>& blocks) {
  std::string text;
  for (const Block& block : blocks) text += "<h3>" + escaped(block.title) + "</h3>\n" + block_html(block);
  return text;
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

std::string anchor_of(const std::string& title) {
  std::string anchor;
  for (const char c : title)
    anchor += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '-';
  return anchor;
}

const char* class_of(const std::string& mark) { return mark == "✓" ? "met" : mark == "✗" ? "missed" : "undecided"; }

std::string head(const Report& report, const std::string& name) {
  const std::size_t after = report.headline.starts_with(printable(name) + ": ") ? printable(name).size() + 2 : 0;
  std::string mark;
  if (!report.mark.empty())
    mark = fmt::format("<span class=\"mark {}\">{}</span> ", class_of(report.mark), escaped(report.mark));
  return "<p class=\"verdict\">" + mark + escaped(report.headline.substr(after)) + "</p>\n" +
         (report.setting.empty() ? "" : paragraph_of(report.setting, "setting"));
}

std::string provenance(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text = "<dl>\n";
  for (const auto& [name, value] : facts) text += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
  return text + "</dl>\n" +
         paragraph_of("The data are in this page: capplan report THIS.html -o figures.csv reads them back.");
}

std::string notes_of(const Report& report) { return report.has_unknown ? paragraph_of(unknown_note, "note") : ""; }

}  // namespace capplan::plan
