// The drawing of what was simulated: columns from left to right on wide pages, rows from top to bottom on narrow ones.
// Colours are the page's, by its classes.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/markup.h"
#include "plan/report/html/simulated.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_in_column = 7;
constexpr int line_height = 16;
constexpr int padding = 9;

struct Place {
  int x = 0, y = 0, width = 0, height = 0;
};

struct Layout {
  const char* name;  ///< class of the drawing
  int width = 0, height = 0;
  std::vector<Place> places{};  ///< of the boxes
  bool upright = false;         ///< rows one below the other
};

int height_of(const SimulatedBox& box) { return 2 * padding + line_height * (1 + static_cast<int>(box.lines.size())); }

/// The boxes of each column that is there, in order.
std::vector<std::vector<std::size_t>> columns_of(const Simulated& what) {
  std::vector<std::vector<std::size_t>> columns;
  for (int column = 0; column <= 4; ++column) {
    std::vector<std::size_t> boxes;
    for (std::size_t i = 0; i < what.boxes.size(); ++i)
      if (what.boxes[i].column == column) boxes.push_back(i);
    if (!boxes.empty()) columns.push_back(std::move(boxes));
  }
  return columns;
}

Layout wide(const Simulated& what) {
  constexpr int width = 176, gap = 40, between = 12;
  Layout layout{.name = "wide", .places = std::vector<Place>(what.boxes.size())};
  const auto columns = columns_of(what);
  std::vector<int> heights;
  for (const auto& column : columns) {
    int height = -between;
    for (const std::size_t i : column) height += height_of(what.boxes[i]) + between;
    heights.push_back(height);
    layout.height = std::max(layout.height, height);
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    int y = (layout.height - heights[c]) / 2;
    for (const std::size_t i : columns[c]) {
      layout.places[i] = {static_cast<int>(c) * (width + gap), y, width, height_of(what.boxes[i])};
      y += layout.places[i].height + between;
    }
  }
  layout.width = static_cast<int>(columns.size()) * (width + gap) - gap;
  return layout;
}

Layout narrow(const Simulated& what) {
  constexpr int whole = 364, gap = 12, between = 28;
  Layout layout{.name = "narrow", .width = whole, .places = std::vector<Place>(what.boxes.size()), .upright = true};
  int y = 0;
  for (const auto& column : columns_of(what)) {
    const int width = (whole - gap) / 2;
    for (std::size_t first = 0; first < column.size(); first += 2) {
      const bool alone = first + 1 == column.size();
      int height = 0;
      for (std::size_t i = first; i < std::min(first + 2, column.size()); ++i)
        height = std::max(height, height_of(what.boxes[column[i]]));
      for (std::size_t i = first; i < std::min(first + 2, column.size()); ++i) {
        const int x = alone ? (whole - width) / 2 : static_cast<int>(i - first) * (width + gap);
        layout.places[column[i]] = {x, y, width, height};
      }
      y += height + (first + 2 < column.size() ? gap : between);
    }
  }
  layout.height = y - between;
  return layout;
}

std::string arrow(const Place& from, const Place& to, bool upright, bool dashed) {
  const char* style = dashed ? " class=\"beside\"" : "";
  if (upright) {
    const int x1 = from.x + from.width / 2, y1 = from.y + from.height, x2 = to.x + to.width / 2, y2 = to.y;
    const int bend = (y2 - y1) / 2;
    return fmt::format("<path d=\"M{0} {1}C{0} {2} {3} {4} {3} {5}\"{6}/><polygon points=\"{7},{8} {9},{8} {3},{5}\"/>",
                       x1, y1, y1 + bend, x2, y2 - bend - 4, y2 - 1, style, x2 - 4, y2 - 8, x2 + 4);
  }
  const int x1 = from.x + from.width, y1 = from.y + from.height / 2, x2 = to.x, y2 = to.y + to.height / 2;
  const int bend = (x2 - x1) / 2;
  return fmt::format("<path d=\"M{0} {1}C{2} {1} {3} {4} {5} {4}\"{6}/><polygon points=\"{7},{8} {7},{9} {5},{4}\"/>",
                     x1, y1, x1 + bend, x2 - bend - 4, y2, x2 - 1, style, x2 - 8, y2 - 4, y2 + 4);
}

std::string box_text(const SimulatedBox& box, const Place& at) {
  const int x = at.x + padding;
  int y = at.y + padding + 11;
  std::string text =
      fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>", at.x, at.y, at.width, at.height);
  text += fmt::format("<text x=\"{}\" y=\"{}\">{} <tspan>{}</tspan></text>", x, y, escaped(box.word),
                      escaped(elided(printable(box.name), 22 - std::min<std::size_t>(box.word.size(), 10))));
  for (const std::string& line : box.lines)
    text += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", x, y += line_height, escaped(line));
  return text;
}

/// The first of each column, and how many more there are.
Simulated shortened(const Simulated& what) {
  Simulated shown;
  std::vector<int> number(what.boxes.size(), -1);
  for (const auto& column : columns_of(what))
    for (std::size_t i = 0; i < column.size(); ++i) {
      const bool last = i + 1 == most_in_column && column.size() > most_in_column;
      if (i >= most_in_column) break;
      number[column[i]] = static_cast<int>(shown.boxes.size());
      shown.boxes.push_back(what.boxes[column[i]]);
      if (!last) continue;
      SimulatedBox& more = shown.boxes.back();
      more = {"", "and", fmt::format("{} more", column.size() - i), more.column};
      number[column[i]] = -1;
    }
  for (const auto& [from, to] : what.links)
    if (number[from] >= 0 && number[to] >= 0)
      shown.links.emplace_back(static_cast<std::size_t>(number[from]), static_cast<std::size_t>(number[to]));
  return shown;
}

std::string svg(const Simulated& what, const Layout& layout, const std::string& alternative) {
  std::string text =
      fmt::format("<svg class=\"{}\" viewBox=\"-2 -2 {} {}\" style=\"max-width:{}px\" role=\"img\" aria-label=\"{}\">",
                  layout.name, layout.width + 4, layout.height + 4, layout.width + 4, escaped(alternative));
  for (const auto& [from, to] : what.links)
    text += arrow(layout.places[from], layout.places[to], layout.upright, what.boxes[to].word == "cache");
  for (std::size_t i = 0; i < what.boxes.size(); ++i) text += box_text(what.boxes[i], layout.places[i]);
  return text + "</svg>\n";
}

}  // namespace

std::string drawing(const Simulated& what) {
  if (what.boxes.empty()) return {};
  const std::string alternative = in_words(what);
  const Simulated shown = shortened(what);
  return "<div class=\"simulated\">\n" + svg(shown, wide(shown), alternative) + svg(shown, narrow(shown), alternative) +
         "</div>\n";
}

}  // namespace capplan::plan
