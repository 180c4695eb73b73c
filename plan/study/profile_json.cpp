#include "plan/study/profile_json.h"

#include <cmath>
#include <limits>

#include "plan/format/json_text.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Json written(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isnan(value) ? Json() : Json(value));
  return list;
}

std::vector<double> read(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list)
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  return values;
}

}  // namespace

std::string to_json(const Profile& profile) {
  Json json;
  json["shares"] = spectrum_shares;
  json["spectra"] = Json::array();
  for (const Spectrum& spectrum : profile.spectra)
    json["spectra"].push_back({{"request", spectrum.request}, {"latency_s", spectrum.latency_s}});
  json["breakdowns"] = Json::array();
  for (const Breakdown& breakdown : profile.breakdowns) {
    Json stages = Json::object();
    for (const auto& [stage, seconds] : breakdown.stages_s) stages[stage] = seconds;
    json["breakdowns"].push_back({{"request", breakdown.request}, {"near", breakdown.near}, {"stages_s", stages}});
  }
  json["ends_s"] = profile.ends_s;
  json["series"] = Json::array();
  for (const Series& series : profile.series)
    json["series"].push_back({{"path", series.path}, {"values", written(series.values)}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Profile profile_from_json(const std::string& text) {
  const Json json = parse_json(text);
  Profile profile;
  for (const Json& spectrum : json.at("spectra"))
    profile.spectra.push_back({spectrum.at("request"), spectrum.at("latency_s").get<std::vector<double>>()});
  for (const Json& entry : json.at("breakdowns")) {
    Breakdown breakdown{entry.at("request"), entry.at("near"), {}};
    for (const auto& [stage, seconds] : entry.at("stages_s").items())
      breakdown.stages_s.emplace_back(stage, seconds.get<double>());
    profile.breakdowns.push_back(std::move(breakdown));
  }
  json.at("ends_s").get_to(profile.ends_s);
  for (const Json& series : json.at("series"))
    profile.series.push_back({series.at("path").get<std::vector<std::string>>(), read(series.at("values"))});
  return profile;
}

}  // namespace capplan::plan
