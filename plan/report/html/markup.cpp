#include "plan/report/html/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace capplan::plan {

namespace {

/// The head of a column whose marks say whether the SLOs are met.
constexpr const char* verdict_head = "SLO";

/// Marks have a colour as well; they say the same by their shape.
std::string mark_class(const std::string& text) {
  return text == "✓" ? "met" : text == "✗" ? "missed" : text == "?" || text == "~" ? "undecided" : "";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\'')
      result += "&#39;";
    else
      result += c;
  }
  return result;
}

std::string for_script(std::string json) {
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at))
    json.replace(at, 1, "\\u003c");
  return json;
}

std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& slots) {
  std::string result;
  for (std::size_t open = page.find("{{"); open != std::string_view::npos; open = page.find("{{")) {
    const std::size_t close = page.find("}}", open);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    result += page.substr(0, open);
    bool known = false;
    for (const auto& [slot, text] : slots)
      if (slot == name) {
        result += text;
        known = true;
      }
    if (!known) throw std::logic_error(fmt::format("the page has no slot {}", name));
    page.remove_prefix(close + 2);
  }
  return result + std::string(page);
}

std::string broken(std::string_view text) {
  constexpr std::size_t longest_whole = 14;
  const std::string safe = escaped(text);  // what stands for a character has none of these
  std::string result;
  for (std::size_t at = 0, end = 0; at < safe.size(); at = end) {
    end = std::min(safe.find(' ', at + 1), safe.size());
    for (std::size_t i = at; i < end; ++i) {
      result += safe[i];
      if (end - at > longest_whole && (safe[i] == '.' || safe[i] == '_' || safe[i] == '/')) result += "<wbr>";
    }
  }
  return result;
}

std::string linked(const std::string& markup, const std::string& anchor) {
  return anchor.empty() ? markup : "<a href=\"#" + anchor + "\">" + markup + "</a>";
}

std::string table_cell(const Cell& cell, const CellStyle& style) {
  std::string name = mark_class(cell.text);
  if (style.left) name += name.empty() ? "words" : " words";
  if (style.kept) name += name.empty() ? "kept" : " kept";
  std::string result = "<td";
  if (!name.empty()) result += " class=\"" + name + "\"";
  result += ">" + linked(broken(cell.text), style.anchor);
  if (!cell.beside.empty()) result += " <span>" + escaped(cell.beside) + "</span>";
  return result + "</td>";
}

std::string table(const std::string& heads, const std::string& rows) {
  return "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>" + heads + "</tr></thead>\n<tbody>\n" + rows +
         "</tbody>\n</table></div>\n";
}

std::string html(const Grid& grid, const std::vector<std::string>& anchors) {
  std::string heads, rows;
  const auto kept = [&](std::size_t column) { return column > 0 && grid.heads()[column].text == verdict_head; };
  for (std::size_t i = 0; i < grid.heads().size(); ++i) {
    const Heading& head = grid.heads()[i];
    std::string text = head.text;
    if (const std::size_t line = text.find('\n'); line != std::string::npos)
      text.replace(line, 1, text[line - 1] == '_' || text[line - 1] == '.' ? "" : " ");
    const char* style = kept(i) ? " class=\"kept\"" : head.left ? " class=\"words\"" : "";
    heads += std::string("<th scope=\"col\"") + style + ">" + broken(text) + "</th>";
  }
  for (std::size_t r = 0; r < grid.rows().size(); ++r) {
    const auto& row = grid.rows()[r];
    rows += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      rows += table_cell(row[i], {grid.heads()[i].left, kept(i), i == 0 && r < anchors.size() ? anchors[r] : ""});
    rows += "</tr>\n";
  }
  return table(heads, rows);
}

}  // namespace capplan::plan
