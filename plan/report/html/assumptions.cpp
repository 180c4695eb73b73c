#include "plan/report/html/assumptions.h"

#include <fmt/format.h>

#include "plan/report/html/markup.h"
#include "plan/report/html/page_parts.h"
#include "plan/scenario/settings.h"

namespace capplan::plan {

namespace {

constexpr const char* assumptions_note =
    "What is not at its default; every other parameter is below. A calibration's costs count as given. Times in a "
    "distribution are seconds.";

/// A table of settings under the names of their sections.
struct Assumed {
  std::vector<const char*> heads;
  std::string rows{};
  std::string section{};  ///< of the last row
  std::size_t count = 0;

  void add(const Setting& setting, const std::string& cells) {
    if (setting.section != section)
      rows += fmt::format("<tr class=\"part\"><th scope=\"rowgroup\" colspan=\"{}\" class=\"words\">{}</th></tr>\n",
                          heads.size(), escaped(setting.section));
    section = setting.section;
    rows += "<tr><th scope=\"row\" class=\"words\">" + broken(setting.name) + "</th>" + cells + "</tr>\n";
    ++count;
  }

  std::string html() const {
    std::string head;
    for (const char* each : heads) head += fmt::format("<th scope=\"col\" class=\"words\">{}</th>", each);
    return table(head, rows);
  }
};

}  // namespace

std::string assumptions(const std::string& scenario, const OtherValues& others) {
  Assumed changed{.heads = {"parameter", "value", "default", "meaning and source"}};
  Assumed untouched{.heads = {"parameter", "default", "meaning and source"}};
  for (const Setting& setting : settings(scenario)) {
    const auto other = others.find(setting.key());
    const bool given = other != others.end() || (!setting.is_default && !setting.value.empty());
    std::string value = setting.value.empty() ? "not set" : elided(setting.value, 160);
    if (other != others.end()) value = other->second;
    const std::string meaning = setting.help + (setting.source.empty() ? "" : " [" + setting.source + "]");
    if (given)
      changed.add(setting, "<td class=\"words\"><b>" + escaped(value) + "</b></td>" +
                               table_cell({setting.fallback}, {.left = true}) + table_cell({meaning}, {.left = true}));
    else
      untouched.add(setting, table_cell({value}, {.left = true}) + table_cell({meaning}, {.left = true}));
  }
  if (changed.count + untouched.count == 0) return {};
  return paragraph_of(assumptions_note) + changed.html() +
         fmt::format("<details class=\"defaults\"><summary>{} parameters at their defaults</summary>\n",
                     untouched.count) +
         untouched.html() + "</details>\n";
}

}  // namespace capplan::plan
