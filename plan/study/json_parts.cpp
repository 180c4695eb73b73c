#include "plan/study/json_parts.h"

#include <cmath>

namespace capplan::plan {

using Json = nlohmann::ordered_json;

Json json_of(const core::Estimate& e) {
  if (!e.known || !std::isfinite(e.value) || !std::isfinite(e.lo) || !std::isfinite(e.hi)) return nullptr;
  Json json = {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
  if (e.split()) {
    json["sampling"] = e.sampling;
    json["calibration"] = e.calibration;
  }
  return json;
}

core::Estimate estimate_of(const Json& json) {
  if (json.is_null()) return {};
  core::Estimate e{json.at("value"), json.at("lo"), json.at("hi"), true};
  if (json.contains("sampling")) {
    json.at("sampling").get_to(e.sampling);
    json.at("calibration").get_to(e.calibration);
  }
  return e;
}

/// Figures of one branch mostly stand together: looked for at the end first, a hundred thousand of them take no longer
/// than their number.
Json& place_in(Json& json, const std::vector<std::string>& path) {
  Json* at = &json;
  for (const std::string& key : path) {
    auto* members = at->get_ptr<Json::object_t*>();
    at =
        members != nullptr && !members->empty() && members->back().first == key ? &members->back().second : &(*at)[key];
  }
  return *at;
}

Json json_of(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& warning : warnings) list.push_back({{"code", warning.code}, {"text", warning.text}});
  return list;
}

}  // namespace capplan::plan
