#include "plan/report/catalogue_json.h"

#include <fmt/format.h>

#include "core/error.h"
#include "models/client_error.h"
#include "models/spec/distribution_value.h"
#include "plan/capture/format_spec.h"
#include "plan/format/json_shape.h"
#include "plan/report/answers.h"
#include "plan/report/figures_text.h"
#include "plan/scenario/sections.h"
#include "plan/scenario/slo_presets.h"
#include "plan/study/warning_specs.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;
using models::Param;

constexpr const char* catalogue_schema = "capplan.catalogue/1";

Json of(const Param& param) {
  Json json = {{"name", param.name},
               {"type", models::type_name(param)},
               {"default", param.fallback.empty() ? Json() : Json(param.fallback)},
               {"required", param.required},
               {"allowed", models::allowed(param)},
               {"help", param.help},
               {"source", param.source}};
  if (param.lo) json["least"] = *param.lo;
  if (param.hi) json["greatest"] = *param.hi;
  if (!param.choices.empty()) json["choices"] = param.choices;
  for (const Param& field : param.fields) json["fields"].push_back(of(field));
  return json;
}

Json sections() {
  Json all = Json::array();
  for (const models::Spec& spec : section_specs()) {
    Json section = {{"section", spec.section},
                    {"kind", spec.kind.empty() ? Json() : Json(spec.kind)},
                    {"help", spec.help},
                    {"source", spec.source},
                    {"validity", spec.validity}};
    section["parameters"] = Json::array();
    for (const Param& param : spec.params) section["parameters"].push_back(of(param));
    all.push_back(std::move(section));
  }
  return all;
}

Json metrics() {
  Json all = Json::object();
  for (const std::string& section : section_words())
    if (const std::vector<std::string> own = metric_words(section); !own.empty()) all[section] = own;
  return all;
}

Json figures() {
  Json all = Json::array();
  for (const KnownFigure& figure : known_figures()) {
    const core::FigureSpec& spec = *figure.spec;
    all.push_back({{"section", figure.section},
                   {"group", figure.group},
                   {"name", spec.name},
                   {"unit", unit_word(spec.unit)},
                   {"help", spec.help},
                   {"better", direction_word(spec.better)},
                   {"condition", condition_word(figure)},
                   {"margin", {{"relative", spec.margin().relative}, {"absolute", spec.margin().absolute}}},
                   {"stock", spec.stock},
                   {"absent", spec.absent}});
  }
  return all;
}

Json preset_list() {
  Json all = Json::array();
  for (const Preset& preset : presets()) {
    Json json = {{"name", preset.name}, {"source", preset.source}};
    json["conditions"] = json["alerts"] = Json::array();
    for (const PresetCondition& c : preset.conditions)
      json["conditions"].push_back({{"on", c.on}, {"condition", c.condition}});
    for (const PresetAlert& a : preset.alerts)
      json["alerts"].push_back({{"name", a.name},
                                {"on", a.when.on},
                                {"condition", a.when.condition},
                                {"for_s", core::to_seconds(a.hold)},
                                {"severity", a.severity},
                                {"long_window_s", core::to_seconds(a.long_window)},
                                {"short_window_s", core::to_seconds(a.short_window)}});
    json["not_simulated"] = preset.beyond;
    all.push_back(std::move(json));
  }
  return all;
}

Json errors() {
  Json all = Json::array();
  for (const models::ClientErrorInfo& info : models::client_errors)
    if (!info.name.empty())
      all.push_back({{"name", info.name}, {"raised_by", info.raised_by}, {"remedy", info.remedy}});
  return all;
}

std::string catalogue_json_schema() {
  using namespace shape;
  const Json param = object({{"name", text()},
                             {"type", text()},
                             {"default", or_null(text())},
                             {"required", flag()},
                             {"allowed", text()},
                             {"help", text()},
                             {"source", text()},
                             shape::optional("least", real()),
                             shape::optional("greatest", real()),
                             shape::optional("choices", list(text())),
                             shape::optional("fields", list(defined("parameter")))});
  const Json section = object({{"section", text()},
                               {"kind", or_null(text())},
                               {"help", text()},
                               {"source", text()},
                               {"validity", text()},
                               {"parameters", list(defined("parameter"))}});
  const Json condition = object({{"on", text()}, {"condition", text()}});
  const Json alert = object({{"name", text()},
                             {"on", text()},
                             {"condition", text()},
                             {"for_s", real()},
                             {"severity", text()},
                             {"long_window_s", real()},
                             {"short_window_s", real()}});
  return document(
      catalogue_schema, "everything that capplan describe knows",
      {{"sections", list(section)},
       {"metrics", map(list(text()), "of [slo] and [alert], by section")},
       {"figures", list(object({{"section", text()},
                                {"group", text()},
                                {"name", text()},
                                {"unit", text()},
                                {"help", text()},
                                {"better", text()},
                                {"condition", text()},
                                {"margin", object({{"relative", real()}, {"absolute", real()}})},
                                {"stock", flag()},
                                {"absent", text()}}))},
       {"distributions", list(object({{"name", text()}, {"example", text()}, {"help", text()}}))},
       {"presets", list(object({{"name", text()},
                                {"source", text()},
                                {"conditions", list(condition)},
                                {"alerts", list(alert)},
                                {"not_simulated", list(text())}}))},
       {"errors", list(object({{"name", text()}, {"raised_by", text()}, {"remedy", text()}}))},
       {"warnings", list(object({{"code", text()},
                                 {"severity", word({"critical", "warning", "info"})},
                                 {"meaning", text()},
                                 {"detail", text()},
                                 {"remedy", text()}}))},
       {"answers",
        list(
            object({{"name", text()}, {"schema", text()}, {"verb", text()}, {"help", text()}, {"read_back", flag()}}))},
       {"formats", list(object({{"name", text()},
                                {"title", text()},
                                {"made_by", text()},
                                {"holds", text()},
                                {"in_manifest", or_null(text())},
                                {"has_requests", flag()}}))}},
      {{"parameter", param}});
}

}  // namespace

std::string catalogue_json() {
  Json json = {{"schema", catalogue_schema}, {"sections", sections()}, {"metrics", metrics()}, {"figures", figures()}};
  json["distributions"] = Json::array();
  for (const models::DistributionFamily& family : models::distribution_families())
    json["distributions"].push_back({{"name", family.name}, {"example", family.example}, {"help", family.help}});
  json["presets"] = preset_list();
  json["errors"] = errors();
  json["warnings"] = json["answers"] = json["formats"] = Json::array();
  for (const WarningSpec& w : warning_specs)
    json["warnings"].push_back({{"code", w.code},
                                {"severity", to_string(w.severity)},
                                {"meaning", w.meaning},
                                {"detail", w.detail},
                                {"remedy", w.remedy}});
  for (const AnswerSpec& answer : answer_specs())
    json["answers"].push_back({{"name", answer.name},
                               {"schema", answer.schema},
                               {"verb", answer.verb},
                               {"help", answer.help},
                               {"read_back", answer.read != nullptr}});
  for (const CaptureFormat& format : capture_formats())
    json["formats"].push_back({{"name", format.name},
                               {"title", format.title},
                               {"made_by", format.made_by},
                               {"holds", format.holds},
                               {"in_manifest", format.log_word.empty() ? Json() : Json(format.log_word)},
                               {"has_requests", format.read_requests != nullptr}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> json_schema_names() {
  std::vector<std::string> names;
  for (const AnswerSpec& answer : answer_specs()) names.push_back(answer.name);
  names.insert(names.end(), {"scenario", "catalogue"});
  return names;
}

std::string json_schema(const std::string& name) {
  for (const AnswerSpec& answer : answer_specs())
    if (answer.name == name) return answer.json_schema();
  if (name == "scenario") return scenario_json_schema();
  if (name == "catalogue") return catalogue_json_schema();
  const std::string near = core::nearest(name, json_schema_names());
  throw core::InputError(
      {"--schema"}, "",
      fmt::format("there is no schema \"{}\"{}", name, near.empty() ? "" : "; did you mean " + near + "?"),
      fmt::format("one of {}", fmt::join(json_schema_names(), ", ")));
}

}  // namespace capplan::plan
