// The JSON Schema of scenario files, for editors that complete and check TOML as it is typed (Taplo's `#:schema` line).
// It comes from the specs of the sections. Limits: it says what a value looks like and, where JSON Schema can, its
// range; units, references and what parameters mean together are checked by `capplan check`.

#include "models/spec/distribution_value.h"
#include "plan/format/json_shape.h"
#include "plan/report/catalogue_json.h"
#include "plan/scenario/sections.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

using nlohmann::ordered_json;
using Json = ordered_json;
using models::Param;
using models::Type;

Json any_of(std::initializer_list<Json> shapes) { return {{"anyOf", Json(Json::array_t(shapes))}}; }

Json ranged(const char* type, const Param& param) {
  Json shape = {{"type", type}};
  if (param.lo) shape["minimum"] = *param.lo;
  if (param.hi) shape["maximum"] = *param.hi;
  return shape;
}

Json shape_of(const Param& param);

Json table_of(const std::vector<Param>& params) {
  Json shape = {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
  for (const Param& param : params) shape["properties"][param.name] = shape_of(param);
  return shape;
}

Json bare_shape_of(const Param& param) {
  const Json text = {{"type", "string"}};
  switch (param.type) {
    case Type::flag:
      return {{"type", "boolean"}};
    case Type::count:
      return ranged("integer", param);
    case Type::number:
      return ranged("number", param);
    case Type::count_or_share:
    case Type::ratio:
      return any_of({ranged("number", param), text});
    case Type::duration:
    case Type::bytes:
    case Type::rate:
      return any_of({text, {{"type", "number"}}});  // where a bare number is right depends on the setting
    case Type::choice:
      return {{"enum", param.choices}};
    case Type::distribution:
      return any_of({text, {{"type", "number"}}, shape::defined("distribution")});
    case Type::record:
      return table_of(param.fields);
    case Type::rate_series:
      return any_of({text, {{"type", "array"}, {"items", table_of(param.fields)}}});
    case Type::list:
      return {{"type", "array"},
              {"items", param.list_of_records  ? table_of(param.fields)
                        : param.fields.empty() ? Json::object()
                                               : shape_of(param.fields.front())}};
    case Type::mix:
      return {{"type", "object"}, {"additionalProperties", {{"type", "number"}, {"minimum", 0}}}};
    case Type::arrivals:
    case Type::keys:
      return any_of({text, {{"type", "object"}}});
    default:
      return text;
  }
}

Json shape_of(const Param& param) {
  Json shape = bare_shape_of(param);
  std::string help = param.help;
  if (!param.source.empty()) help += " [" + param.source + "]";
  if (!help.empty()) shape["description"] = help;
  if (!param.fallback.empty()) shape["default"] = param.fallback;
  return shape;
}

/// A section of one kind; what every section can say besides is added.
Json kind_shape(const models::Spec& spec, bool named) {
  Json shape = table_of(spec.params);
  shape["description"] = spec.help;
  if (!spec.kind.empty()) shape["properties"]["kind"] = {{"const", spec.kind}};
  if (named) {
    shape["properties"]["like"] = {{"type", "string"},
                                   {"description", "another section of its sort to take values from"}};
    shape["properties"]["import"] = {{"type", "string"}, {"description", "a settings file of the real system"}};
  }
  return shape;
}

Json section_shape(const std::string& word) {
  std::vector<Json> shapes;
  for (const models::Spec& spec : section_specs())
    if (spec.section == word) shapes.push_back(kind_shape(spec, word != "scenario"));
  Json shape = shapes.size() == 1 ? shapes.front() : Json{{"anyOf", shapes}};
  return word == "scenario" ? shape : Json{{"type", "object"}, {"additionalProperties", std::move(shape)}};
}

Json distribution_shape() {
  Json shape = {
      {"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}, {"maxProperties", 1}};
  for (const models::DistributionFamily& family : models::distribution_families())
    shape["properties"][family.name] = {{"description", family.help + ": " + family.example}};
  return shape;
}

Json slo_shape() {
  const Json condition = {{"type", "string"}, {"examples", {"p95 < 100ms"}}};
  const Json target = any_of({condition, {{"type", "array"}, {"items", condition}}, {{"type", "object"}}});
  Json names = Json::array();
  for (const Preset& preset : presets()) names.push_back(preset.name);
  const Json name = {{"enum", names}};
  Json shape = {{"type", "object"},
                {"description", "conditions by target: a request, all, or a section such as pool.app"}};
  shape["properties"]["preset"] = any_of({name, {{"type", "array"}, {"items", name}}});
  shape["additionalProperties"] = target;
  return shape;
}

}  // namespace

std::string scenario_json_schema() {
  Json json = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
               {"title", "a scenario of capplan"},
               {"type", "object"},
               {"properties", Json::object()},
               {"additionalProperties", false}};
  for (const std::string& word : section_words()) json["properties"][word] = section_shape(word);
  json["properties"]["slo"] = slo_shape();
  json["properties"]["sweep"] = {
      {"type", "object"}, {"description", "axes of a grid: a key, and its values as a list or a range lo..hi:n"}};
  json["$defs"]["distribution"] = distribution_shape();
  return json.dump(2) + "\n";
}

}  // namespace capplan::plan
