#include "plan/report/html/markup.h"

#include <fmt/format.h>

#include <stdexcept>

namespace capplan::plan {

namespace {

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

std::string table_cell(const Cell& cell, bool left) {
  std::string name = mark_class(cell.text);
  if (left) name += name.empty() ? "words" : " words";
  std::string result = "<td";
  if (!name.empty()) result += " class=\"" + name + "\"";
  result += ">" + escaped(cell.text);
  if (!cell.beside.empty()) result += " <span>" + escaped(cell.beside) + "</span>";
  return result + "</td>";
}

std::string table(const std::string& heads, const std::string& rows) {
  return "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>" + heads + "</tr></thead>\n<tbody>\n" + rows +
         "</tbody>\n</table></div>\n";
}

std::string html(const Grid& grid) {
  std::string heads, rows;
  for (const Heading& head : grid.heads()) {
    std::string text = head.text;
    if (const std::size_t line = text.find('\n'); line != std::string::npos)
      text.replace(line, 1, text[line - 1] == '_' || text[line - 1] == '.' ? "" : " ");
    heads += std::string("<th scope=\"col\"") + (head.left ? " class=\"words\"" : "") + ">" + escaped(text) + "</th>";
  }
  for (const auto& row : grid.rows()) {
    rows += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) rows += table_cell(row[i], grid.heads()[i].left);
    rows += "</tr>\n";
  }
  return table(heads, rows);
}

}  // namespace capplan::plan
