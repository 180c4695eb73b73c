// A chart on the page: its title, the place where the script draws it, its numbers for the script, and its table, which
// is all there is where scripts do not run.

#include <fmt/format.h>

#include "plan/report/html/chart.h"
#include "plan/report/html/markup.h"

namespace capplan::plan {

namespace {

const std::string no_anchor;

/// Read aloud in place of the drawing.
std::string description(const Chart& chart) {
  return fmt::format("Chart: {}. {} series of {} values; the numbers are in the table below it.", chart.title,
                     chart.series.size(), chart.labels.size());
}

Cell shown(const Chart& chart, const ChartSeries& series, std::size_t i) {
  const core::Estimate& e = series.values.at(i);
  const std::string word = i < series.words.size() ? series.words[i] : "";
  if (!e.known) return {word.empty() ? "-" : word};
  Cell number = chart.bare                      ? Cell{compact(e.value, series.unit)}
                : chart.kind == ChartKind::dots ? change_cell(e)
                                                : cell(e, series.unit);
  if (!word.empty()) number.text = word + " " + number.text;
  return number;
}

std::string numbers(const Chart& chart) {
  std::string heads = "<th scope=\"col\" class=\"words\">" + escaped(chart.x_name) + "</th>";
  for (const ChartSeries& series : chart.series) heads += "<th scope=\"col\">" + broken(series.name) + "</th>";
  std::string rows;
  const std::size_t count = chart.labels.size();
  const bool by_value = chart.kind == ChartKind::heat;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& anchor = !by_value && i < chart.anchors.size() ? chart.anchors[i] : no_anchor;
    rows += "<tr><th scope=\"row\" class=\"words\">" + linked(broken(chart.labels[i]), anchor) + "</th>";
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const std::size_t at = s * count + i;
      const std::string& of_value = by_value && at < chart.anchors.size() ? chart.anchors[at] : no_anchor;
      rows += table_cell(shown(chart, chart.series[s], i), {.anchor = of_value});
    }
    rows += "</tr>\n";
  }
  return table(heads, rows);
}

}  // namespace

std::string html(const Chart& chart) {
  return "<figure class=\"chart\">\n<figcaption>" + escaped(chart.title) +
         "</figcaption>\n<div class=\"plot\" role=\"img\" aria-label=\"" + escaped(description(chart)) +
         "\"></div>\n<script type=\"application/json\" class=\"numbers\">" + for_script(to_json(chart)) +
         "</script>\n<details open><summary>Table</summary>\n" + numbers(chart) + "</details>\n</figure>\n";
}

}  // namespace capplan::plan
