#include "plan/study/calibration_check_json.h"

#include "plan/format/json_text.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Json leaf(const core::Estimate& e) {
  return e.known ? Json{{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}} : Json(nullptr);
}

core::Estimate estimate(const Json& json) {
  if (json.is_null()) return {};
  return {json.at("value"), json.at("lo"), json.at("hi"), true};
}

void write(const Evidence& e, Json& json) {
  json["file"] = e.calibration;
  json["assumption"] = e.assumption;
  json["captures"] = Json::array();
  for (const EvidenceCapture& c : e.captures)
    json["captures"].push_back({{"name", c.name},
                                {"load", c.load},
                                {"requests", c.requests},
                                {"duration_s", c.duration_s},
                                {"connections", c.connections},
                                {"cores", c.cores},
                                {"cpu", c.cpu ? Json(*c.cpu) : Json()}});
  json["left_out"] = e.left_out;
  json["spread"] = nullptr;
  if (e.spread) json["spread"] = {{"p50", e.spread->p50}, {"p95", e.spread->p95}, {"p99", e.spread->p99}};
  json["costs"] = Json::array();
  for (const EvidenceCost& c : e.costs)
    json["costs"].push_back({{"name", c.name}, {"estimate", leaf(c.value)}, {"identified", c.identified}});
  json["classes"] = Json::array();
  for (const EvidenceClass& c : e.classes)
    json["classes"].push_back({{"name", c.name},
                               {"requests", c.requests},
                               {"family", c.family},
                               {"ks", c.ks},
                               {"ks_critical_1pct", c.ks_critical}});
  json["index_law"] = nullptr;
  if (e.index_law)
    json["index_law"] = {{"samples", e.index_law->samples},
                         {"files", e.index_law->files},
                         {"spread", {{"latency", e.index_law->latency}, {"pages", e.index_law->pages}}},
                         {"recall_deviation", e.index_law->recall}};
}

Evidence read(const Json& json) {
  Evidence e;
  json.at("file").get_to(e.calibration);
  json.at("assumption").get_to(e.assumption);
  for (const Json& c : json.at("captures")) {
    EvidenceCapture capture{c.at("name"),        c.at("load"),  c.at("requests"), c.at("duration_s"),
                            c.at("connections"), c.at("cores"), std::nullopt};
    if (!c.at("cpu").is_null()) capture.cpu = c.at("cpu").get<double>();
    e.captures.push_back(std::move(capture));
  }
  json.at("left_out").get_to(e.left_out);
  if (const Json& spread = json.at("spread"); !spread.is_null())
    e.spread = {spread.at("p50"), spread.at("p95"), spread.at("p99")};
  for (const Json& c : json.at("costs"))
    e.costs.push_back({c.at("name"), estimate(c.at("estimate")), c.at("identified")});
  for (const Json& c : json.at("classes"))
    e.classes.push_back({c.at("name"), c.at("requests"), c.at("family"), c.at("ks"), c.at("ks_critical_1pct")});
  if (const Json& law = json.at("index_law"); !law.is_null())
    e.index_law = {law.at("samples"), law.at("files"), law.at("spread").at("latency"), law.at("spread").at("pages"),
                   law.at("recall_deviation")};
  return e;
}

}  // namespace

std::string to_json(const CalibrationCheck& check) {
  Json json = Json::object();
  if (!check.evidence.empty()) write(check.evidence, json);
  json["covered"] = Json::array();
  for (const CoveredQuantity& q : check.covered)
    json["covered"].push_back({{"quantity", q.quantity},
                               {"of", q.of.empty() ? Json() : Json(q.of)},
                               {"lo", q.lo},
                               {"hi", q.hi},
                               {"here", leaf(q.here)},
                               {"inside", q.inside}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

CalibrationCheck calibration_check_from_json(const std::string& text) {
  const Json json = parse_json(text);
  CalibrationCheck check;
  if (json.contains("file")) check.evidence = read(json);
  for (const Json& q : json.at("covered"))
    check.covered.push_back({q.at("quantity"), q.at("of").is_null() ? "" : q.at("of").get<std::string>(), q.at("lo"),
                             q.at("hi"), estimate(q.at("here")), q.at("inside")});
  return check;
}

}  // namespace capplan::plan
