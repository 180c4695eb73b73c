#include "plan/study/laws_json.h"

#include <algorithm>

#include "plan/format/json_shape.h"
#include "plan/study/json_parts.h"
#include "plan/study/laws.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Json json_of(const std::vector<LawRow>& rows) {
  Json json = Json::array();
  for (const LawRow& row : rows) {
    const auto law = std::find_if(laws().begin(), laws().end(), [&](const Law& each) { return row.law == each.name; });
    Json one = {{"law", row.law}};
    if (law != laws().end())
      one.update({{"kind", to_string(law->kind)},
                  {"formula", law->formula},
                  {"source", law->source},
                  {"assumptions", law->assumptions}});
    one.update({{"at", row.at},
                {"figure", row.figure},
                {"simulated", json_of(row.simulated)},
                {"least", row.least},
                {"most", row.most},
                {"verdict", to_string(row.verdict)},
                {"note", row.note}});
    json.push_back(std::move(one));
  }
  return json;
}

std::vector<LawRow> laws_of(const Json& json) {
  std::vector<LawRow> rows;
  for (const Json& one : json)
    rows.push_back({one.at("law"), one.at("at"), one.at("figure"), estimate_of(one.at("simulated")), one.at("least"),
                    one.at("most"),
                    one_of<LawVerdict>(one.at("verdict"), {LawVerdict::holds, LawVerdict::disagrees, LawVerdict::far,
                                                           LawVerdict::not_applicable}),
                    one.at("note")});
  return rows;
}

Json laws_shape() {
  using namespace shape;
  return list(object({{"law", text()},
                      optional("kind", word({"identity", "operational", "closed", "bound", "approximation"})),
                      optional("formula", text()),
                      optional("source", text()),
                      optional("assumptions", text()),
                      {"at", text("the resource or class")},
                      {"figure", list(text(), "the path of what it is held against")},
                      {"simulated", estimate("null: not applicable")},
                      {"least", real("what the law says; of a bound its lower end")},
                      {"most", real("of a bound its upper end; else as least")},
                      {"verdict", word({"holds", "disagrees", "far", "not-applicable"})},
                      {"note", text("why it is not applicable, or what the simulation sees and the law does not")}}),
              "laws of queueing beside the figures");
}

}  // namespace capplan::plan
