// The rules of thumb as JSON, in base units: of each that was tried, the figures that differ from run to run.

#include <nlohmann/json.hpp>

#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/rules_report.h"

namespace capplan::plan {

namespace {

constexpr const char* rules_schema = "capplan.rules/1";

using Json = nlohmann::ordered_json;

Json leaf(const core::Estimate& e) {
  if (!e.known) return nullptr;
  return {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
}

}  // namespace

std::string to_json(const Rules& rules, int indent) {
  Json json;
  json["schema"] = rules_schema;
  json["scenario"] = rules.name;
  json["rules"] = Json::array();
  for (const Rule& rule : rules.rules) {
    Json settings = Json::array(), figures = Json::array();
    for (const RuleSetting& setting : rule.settings)
      settings.push_back(
          {{"key", setting.key}, {"own", setting.own.empty() ? Json() : Json(setting.own)}, {"rule", setting.value}});
    if (rule.effect)
      for (const FigureChange& change : rule.effect->figures)
        if (change.tested)
          figures.push_back({{"path", change.path},
                             {"own", leaf(change.a)},
                             {"rule", leaf(change.b)},
                             {"difference", leaf(change.difference)},
                             {"verdict", to_string(change.change)}});
    json["rules"].push_back({{"guide", rule.guide},
                             {"rule", rule.rule},
                             {"basis", rule.basis},
                             {"settings", std::move(settings)},
                             {"followed", rule.followed()},
                             {"tried", rule.effect.has_value()},
                             {"finding", finding(rule)},
                             {"figures", std::move(figures)}});
  }
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + (indent < 0 ? "" : "\n");
}

namespace {

std::string rules_json_schema() {
  using namespace shape;
  const Json figure = object({{"path", list(text())},
                              {"own", estimate()},
                              {"rule", estimate()},
                              {"difference", estimate()},
                              {"verdict", text()}});
  const Json rule = object({{"guide", text()},
                            {"rule", text()},
                            {"basis", text()},
                            {"settings", list(object({{"key", text()}, {"own", or_null(text())}, {"rule", text()}}))},
                            {"followed", flag("the scenario has it so")},
                            {"tried", flag()},
                            {"finding", text()},
                            {"figures", list(figure)}});
  return document(rules_schema, "rules of thumb of tuning guides, tested by simulation",
                  {{"scenario", text()}, {"rules", list(rule)}});
}

}  // namespace

AnswerSpec rules_answer();

AnswerSpec rules_answer() {
  return {.name = "rules",
          .schema = rules_schema,
          .verb = "rules",
          .help = "rules of thumb of tuning guides, tested by simulation",
          .json_schema = rules_json_schema};
}

}  // namespace capplan::plan
