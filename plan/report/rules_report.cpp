// Rules of thumb in a grid: what each says of the scenario, what the scenario has, and what following it changes.

#include "plan/report/rules_report.h"
#include "plan/study/comparison_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/html/page_parts.h"
#include "plan/report/html/simulated.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

/// What an index is and does, by its figures that a rule moves: "recall of chunks 95.1% to 97.0%".
std::string of_indexes(const Comparison& effect) {
  std::string text;
  for (const Figure& before : effect.a.result.figures) {
    if (before.path.size() != 3 || before.path[0] != "indexes" || !before.estimate.known) continue;
    const bool told = before.path[2] == "recall" || before.path[2] == "build_s" || before.path[2] == "size_bytes" ||
                      before.path[2] == "buffer_hit_ratio";
    const core::Estimate after = effect.b.result.at(before.path);
    if (!told || !after.known || std::abs(after.value - before.estimate.value) <= 1e-3 * before.estimate.value)
      continue;
    const Unit unit = before.path[2] == "build_s"      ? Unit::seconds
                      : before.path[2] == "size_bytes" ? Unit::bytes
                                                       : Unit::ratio;
    const char* word = before.path[2] == "build_s"            ? "build"
                       : before.path[2] == "size_bytes"       ? "size"
                       : before.path[2] == "buffer_hit_ratio" ? "in buffers"
                                                              : "recall";
    const Cell from = cell(before.estimate, unit), to = cell(after, unit);
    text += fmt::format("; {} of {} {} {} to {} {}", word, before.path[1], from.text, from.beside, to.text, to.beside);
  }
  return text;
}

}  // namespace

std::string finding(const Rule& rule) {
  if (!rule.unknown.empty()) return rule.unknown;
  if (rule.followed()) return "the scenario has it so";
  return rule.effect ? in_words(*rule.effect) + of_indexes(*rule.effect) : "";
}

Report report(const Rules& rules) {
  Report report;
  const auto tried =
      std::count_if(rules.rules.begin(), rules.rules.end(), [](const Rule& r) { return r.effect.has_value(); });
  const auto moved = std::count_if(rules.rules.begin(), rules.rules.end(), [](const Rule& rule) {
    return rule.effect &&
           std::any_of(rule.effect->figures.begin(), rule.effect->figures.end(),
                       [](const FigureChange& f) { return f.change == Change::better || f.change == Change::worse; });
  });
  report.headline = fmt::format("{}: {} rules of thumb, {} of them tried, {} move a figure", rules.name,
                                rules.rules.size(), tried, moved);
  for (const Rule& rule : rules.rules)
    if (rule.effect) {
      const Result& result = rule.effect->a.result;
      report.setting =
          fmt::format("A is the scenario as it is, B with the rule's values; {} replications each, seed {}",
                      result.replications, result.seed);
    }
  Grid grid({{"setting", true},
             {"own"},
             {"rule"},
             {"guide", true},
             {"what it goes by, and what the simulation finds", true}});
  for (const Rule& rule : rules.rules) {
    const std::string said =
        fmt::format("{}{}: {}", rule.rule, rule.basis.empty() ? "" : " (" + rule.basis + ")", finding(rule));
    if (rule.settings.empty()) grid.add({{"-"}, {"-"}, {"-"}, {rule.guide}, {said}});
    for (std::size_t i = 0; i < rule.settings.size(); ++i) {
      const RuleSetting& setting = rule.settings[i];
      grid.add({{setting.key},
                {setting.own.empty() ? "-" : setting.own},
                {setting.value},
                {rule.guide},
                {i == 0 ? said : "with the line above"}});
    }
  }
  report.blocks.push_back({"rules", std::move(grid)});
  return report;
}

std::string csv(const Rules& rules) {
  const auto quoted = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '"');
    return "\"" + text + "\"";
  };
  std::string text = "guide,rule,basis,setting,own,value,finding\n";
  for (const Rule& rule : rules.rules) {
    const std::string head = fmt::format("{},{},{},", quoted(rule.guide), quoted(rule.rule), quoted(rule.basis));
    if (rule.settings.empty()) text += head + ",,," + quoted(finding(rule)) + "\n";
    for (const RuleSetting& setting : rule.settings)
      text += head + fmt::format("{},{},{},{}\n", setting.key, setting.own, setting.value, quoted(finding(rule)));
  }
  return text;
}

PageContent page_of(const Rules& rules) {
  const Report said = report(rules);
  std::string blocks;
  for (const Block& block : said.blocks) blocks += block_html(block);
  std::string scenario;
  for (const Rule& rule : rules.rules)
    if (rule.effect && scenario.empty()) scenario = rule.effect->a.result.scenario;
  return {.name = rules.name,
          .head = head(said, rules.name) + drawing(scenario),
          .sections = {{"rules", "Rules of thumb", blocks}},
          .json = to_json(rules, -1)};
}

}  // namespace capplan::plan
