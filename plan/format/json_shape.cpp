#include "plan/format/json_shape.h"

namespace capplan::plan::shape {

namespace {

Json described(Json shape, const std::string& help) {
  if (!help.empty()) shape["description"] = help;
  return shape;
}

/// Of 95 %; with draws of a calibration also the half widths that it is made of.
Json estimate_table() {
  return object({{"value", real()},
                 {"lo", real()},
                 {"hi", real()},
                 optional("sampling", real("half width that comes from sampling")),
                 optional("calibration", real("half width that comes from the calibration"))},
                "a figure with its interval of 95 %, in base units");
}

}  // namespace

Json text(const std::string& help) { return described({{"type", "string"}}, help); }
Json real(const std::string& help) { return described({{"type", "number"}}, help); }
Json whole(const std::string& help) { return described({{"type", "integer"}}, help); }
Json flag(const std::string& help) { return described({{"type", "boolean"}}, help); }
Json word(const std::vector<std::string>& words, const std::string& help) { return described({{"enum", words}}, help); }
Json estimate(const std::string& help) { return described(or_null(defined("estimate")), help); }

Json or_null(Json shape) {
  if (shape.contains("type") && shape["type"].is_string()) {
    shape["type"] = Json::array({shape["type"], "null"});
    return shape;
  }
  return {{"anyOf", Json::array({std::move(shape), {{"type", "null"}}})}};
}

Json list(Json of, const std::string& help) { return described({{"type", "array"}, {"items", std::move(of)}}, help); }

Json map(Json of, const std::string& help) {
  return described({{"type", "object"}, {"additionalProperties", std::move(of)}}, help);
}

Json object(const std::vector<Field>& fields, const std::string& help) {
  Json shape = described({{"type", "object"}}, help);
  shape["properties"] = Json::object();
  shape["required"] = Json::array();
  for (const Field& field : fields) {
    shape["properties"][field.name] = field.shape;
    if (field.required) shape["required"].push_back(field.name);
  }
  shape["additionalProperties"] = false;
  return shape;
}

Json anything(const std::string& help) { return {{"description", help}}; }

Json defined(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

std::string document(const std::string& schema, const std::string& help, std::vector<Field> fields,
                     const std::vector<Field>& definitions) {
  fields.insert(fields.begin(), {"schema", {{"const", schema}}});
  Json json = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", schema}};
  json.update(object(fields, help));
  json["$defs"]["estimate"] = estimate_table();
  for (const Field& definition : definitions) json["$defs"][definition.name] = definition.shape;
  return json.dump(2) + "\n";
}

}  // namespace capplan::plan::shape
