#include "plan/report/html/explorer.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/figures_text.h"
#include "plan/report/html/markup.h"
#include "plan/report/html/page_parts.h"

namespace capplan::plan {

namespace {

/// Axes of numbers have a slider, others a list.
bool is_number(const std::string& label) {
  return !label.empty() && (label[0] == '-' || (label[0] >= '0' && label[0] <= '9'));
}

std::string options(const Axis& axis) {
  std::string text;
  for (std::size_t i = 0; i < axis.labels.size(); ++i)
    text += fmt::format("<option value=\"{}\">{}</option>", i, escaped(axis.labels[i]));
  return text;
}

std::string slider(const Axis& axis) {
  return fmt::format(
      "<input type=\"range\" min=\"0\" max=\"{}\" step=\"1\" value=\"0\"><output></output><datalist>{}</datalist>",
      axis.labels.size() - 1, options(axis));
}

std::string choice(const Axis& axis) { return "<select>" + options(axis) + "</select>"; }

/// The unit of each SLO's value and limit, as the script formats numbers.
std::string units(const Sweep& page) {
  std::vector<std::string_view> names;
  const auto done = std::find_if(page.points.begin(), page.points.end(), [](const auto& point) { return point.done; });
  for (const SloResult& slo : done->result.slos)
    names.push_back(unit_word(unit_of_condition(slo.target, slo.text, slo.limit)));
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace

std::string explorer(const Sweep& page) {
  const auto done = std::count_if(page.points.begin(), page.points.end(), [](const auto& p) { return p.done; });
  if (done < 2 || page.axes.empty()) return {};
  std::string text = fmt::format("<form class=\"explorer\" data-answer=\"\" data-units=\"{}\">\n", units(page));
  for (const Axis& axis : page.axes) {
    if (axis.labels.empty()) return {};
    const bool numbers = std::all_of(axis.labels.begin(), axis.labels.end(), is_number);
    text += "<label><span>" + broken(axis.key) + "</span> " + (numbers ? slider(axis) : choice(axis)) + "</label>\n";
  }
  return paragraph_of("The figures are those of the nearest simulated point, which is named; nothing is interpolated.",
                      "note") +
         text + "</form>\n<div class=\"asked\" role=\"status\" aria-live=\"polite\"></div>\n";
}

}  // namespace capplan::plan
