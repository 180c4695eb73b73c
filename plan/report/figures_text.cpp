#include "plan/report/figures_text.h"

#include <fmt/format.h>

#include <set>

#include "core/error.h"
#include "plan/format/text_layout.h"
#include "plan/study/figure_choice.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using core::Aggregation;
using core::FigureSpec;

const char* aggregation_word(Aggregation aggregation) {
  switch (aggregation) {
    case Aggregation::rate:
      return "rate";
    case Aggregation::ratio:
      return "ratio";
    case Aggregation::level:
      return "mean over time";
    case Aggregation::histogram:
      return "mean and percentiles";
    default:
      return "computed";
  }
}

/// "1% or 100us".
std::string margin_text(const FigureSpec& spec) {
  const core::Margin margin = spec.margin();
  const std::string relative = margin.relative > 0 ? compact(margin.relative, Unit::ratio) : "";
  const std::string absolute = margin.absolute > 0 ? compact(margin.absolute, spec.unit) : "";
  return relative + (relative.empty() || absolute.empty() ? "" : " or ") + absolute;
}

/// What else is worth saying: where it is absent, of what it is besides, whether it piles up.
std::string remarks(const FigureSpec& spec) {
  std::string text;
  const auto add = [&](const std::string& remark) { text += (text.empty() ? "" : "; ") + remark; };
  if (!spec.absent.empty()) add("none " + std::string(spec.absent));
  if (spec.summed) add("of all requests together too");
  if (spec.numbered) add("of each of several too");
  if (spec.stock) add("watched for a steady state");
  if (!spec.share_of.empty()) add("a limit up to 1 is a share of " + std::string(spec.share_of));
  return text;
}

bool takes(const std::string& pattern, const KnownFigure& figure) {
  const std::string name(figure.spec->name);
  return matches(pattern, name) || matches(pattern, condition_word(figure)) ||
         matches(pattern, figure.group + "/" + name);
}

}  // namespace

const char* unit_word(Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return "seconds";
    case Unit::per_second:
      return "per second";
    case Unit::ratio:
      return "ratio";
    case Unit::bytes:
      return "bytes";
    default:
      return "count";
  }
}

const char* direction_word(core::Better better) {
  return better == core::Better::up ? "more" : better == core::Better::down ? "less" : "";
}

std::string condition_word(const KnownFigure& figure) {
  const FigureSpec& spec = *figure.spec;
  if (spec.keys != nullptr) return Quantity{&spec, "NAME"}.word();
  return Quantity{&spec, spec.aggregation == Aggregation::histogram ? "p95" : ""}.word();
}

std::string figures_text(const std::string& pattern, std::size_t width) {
  Grid grid({{"group", true},
             {"figure", true},
             {"in conditions", true},
             {"unit", true},
             {"better", true},
             {"what it is", true}});
  std::string before;
  for (const KnownFigure& figure : known_figures()) {
    if (!takes(pattern, figure)) continue;
    const FigureSpec& spec = *figure.spec;
    const std::string more = remarks(spec);
    grid.add({{figure.group == before ? "" : figure.group},
              {std::string(spec.name)},
              {condition_word(figure)},
              {unit_word(spec.unit)},
              {direction_word(spec.better)},
              {std::string(spec.help) + (more.empty() ? "" : "; " + more)}});
    before = figure.group;
  }
  if (!grid.empty()) return grid.text(width);
  std::vector<std::string> names;
  for (const KnownFigure& figure : known_figures()) names.emplace_back(figure.spec->name);
  const std::string near = core::nearest(pattern, names);
  throw core::InputError(
      {"capplan describe"}, "",
      fmt::format("there is no figure \"{}\"{}", pattern, near.empty() ? "" : "; did you mean " + near + "?"),
      "capplan describe figures");
}

std::vector<std::string> figure_words() {
  std::set<std::string> words;
  for (const KnownFigure& figure : known_figures())
    words.insert(figure.spec->keys != nullptr ? std::string(figure.spec->name) : condition_word(figure));
  return {words.begin(), words.end()};
}

std::string figures_markdown() {
  std::string text =
      "# What is measured\n\nWritten by `capplan describe figures --markdown` from the components' own specs; do not "
      "edit.\n\nA figure stands in a result under group / component / figure, and of several under a statistic or a "
      "key "
      "below it. All are in base units. Each can be an SLO under the word of its column *Condition*, or under its full "
      "name; each is compared, with the margin below which a difference does not matter. Alerts watch all but the "
      "computed ones.\n";
  std::string before;
  Grid grid({{"", true}});
  const auto fresh = [] {
    return Grid({{"Figure", true},
                 {"Condition", true},
                 {"Unit", true},
                 {"Comes about as", true},
                 {"Better", true},
                 {"Margin", true},
                 {"What it is", true},
                 {"Remarks", true}});
  };
  for (const KnownFigure& figure : known_figures()) {
    const FigureSpec& spec = *figure.spec;
    if (figure.group != before) {
      if (!before.empty()) text += grid.markdown();
      grid = fresh();
      text += "\n## " + figure.group + "\n\n";
    }
    before = figure.group;
    grid.add({{"`" + std::string(spec.name) + "`"},
              {"`" + condition_word(figure) + "`"},
              {unit_word(spec.unit)},
              {aggregation_word(spec.aggregation)},
              {direction_word(spec.better)},
              {margin_text(spec)},
              {std::string(spec.help)},
              {remarks(spec)}});
  }
  return text + grid.markdown();
}

}  // namespace capplan::plan
