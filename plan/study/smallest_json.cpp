#include "plan/study/smallest_json.h"

#include "plan/format/json_shape.h"
#include "plan/study/json_parts.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const SloMargin& margin) {
  return {{"target", margin.target},
          {"text", margin.text},
          {"limit", margin.limit},
          {"estimate", plan::json_of(margin.estimate)},
          {"judgement", to_string(margin.judgement)},
          {"headroom", margin.headroom},
          {"tight", margin.tight}};
}

SloMargin margin_of_json(const Json& json) {
  return {json.at("target"),
          json.at("text"),
          json.at("limit"),
          estimate_of(json.at("estimate")),
          one_of<Judgement>(json.at("judgement"), {Judgement::met, Judgement::missed, Judgement::undecided}),
          json.at("headroom"),
          json.at("tight")};
}

Json json_of(const Binding& binding) {
  if (binding.request.empty()) return {};
  return {{"resource", binding.resource}, {"figure", binding.figure}, {"utilization", binding.utilization},
          {"wait_s", binding.wait_s},     {"share", binding.share},   {"near", binding.near},
          {"request", binding.request}};
}

Binding binding_of_json(const Json& json) {
  if (json.is_null()) return {};
  return {json.at("resource"), json.at("figure"), json.at("utilization"), json.at("wait_s"),
          json.at("share"),    json.at("near"),   json.at("request")};
}

}  // namespace

Json json_of(const Smallest& smallest) {
  Json json = {{"key", smallest.key},
               {"value", smallest.label.empty() ? Json() : Json(smallest.label)},
               {"at", smallest.others},
               {"undecided_below", smallest.undecided_below},
               {"measured_at", smallest.measured_at},
               {"margins", Json::array()},
               {"binding", json_of(smallest.binding)},
               {"other_regime", smallest.other_regime}};
  for (const SloMargin& margin : smallest.margins) json["margins"].push_back(json_of(margin));
  return json;
}

Smallest smallest_of(const Json& json) {
  const Json& value = json.at("value");
  Smallest smallest{json.at("at"), json.at("key"), value.is_null() ? "" : value.get<std::string>(),
                    json.at("undecided_below")};
  if (!json.contains("margins")) return smallest;
  smallest.measured_at = json.at("measured_at");
  for (const Json& margin : json.at("margins")) smallest.margins.push_back(margin_of_json(margin));
  smallest.binding = binding_of_json(json.at("binding"));
  smallest.other_regime = json.at("other_regime");
  return smallest;
}

Json smallest_shape() {
  using namespace shape;
  const Json margin = object({{"target", text()},
                              {"text", text()},
                              {"limit", real()},
                              {"estimate", estimate()},
                              {"judgement", word({"met", "missed", "undecided"})},
                              {"headroom", real("share of the limit that is left; below 0: passed")},
                              {"tight", flag("met, but hardly")}});
  const Json binding = object({{"resource", text("or none")},
                               {"figure", list(text(), "the path of its utilization; empty of none")},
                               {"utilization", real()},
                               {"wait_s", real("of a request near the percentile")},
                               {"share", real("of all that such a request waits")},
                               {"near", text()},
                               {"request", text("the class, or all")}});
  return object({{"key", text()},
                 {"value", or_null(text("null: none of them meets the SLOs"))},
                 {"at", list(text(), "the other axes")},
                 {"undecided_below", flag("undecided at smaller values")},
                 optional("measured_at", text("the value that margins and binding are of")),
                 optional("margins", list(margin, "the least headroom; where none meets, each SLO in the way")),
                 optional("binding", or_null(binding)),
                 optional("other_regime", list(text(), "values not accepted: the planner leaves an index there"))});
}

}  // namespace capplan::plan
