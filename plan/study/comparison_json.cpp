// Comparisons as "capplan.comparison/1", and back as far as reports need them: the two results come without their
// figures, so that a comparison can be shown, and its rows judged by today's margins, but not compared again.

#include <fmt/format.h>

#include "core/error.h"
#include "plan/study/calibration_check_json.h"
#include "plan/study/comparison_words.h"
#include "plan/study/json_parts.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

/// A figure nests along its path, down to the table that has a verdict.
void read_changes(const std::vector<std::string>& path, const Json& json, std::vector<FigureChange>& figures) {
  if (!json.is_object()) throw std::invalid_argument("a figure is no table");
  if (!json.contains("verdict") || !json.at("verdict").is_string()) {
    for (const auto& [key, value] : json.items()) {
      std::vector<std::string> below = path;
      below.push_back(key);
      read_changes(below, value, figures);
    }
    return;
  }
  FigureChange change{.path = path,
                      .a = estimate_of(json.at("a")),
                      .b = estimate_of(json.at("b")),
                      .difference = estimate_of(json.at("difference")),
                      .relative = estimate_of(json.at("relative"))};
  change.tested = !json.at("p").is_null();
  if (change.tested) {
    json.at("p").get_to(change.p);
    json.at("adjusted_p").get_to(change.adjusted_p);
  }
  for (const Change only : {Change::only_a, Change::only_b})
    if (json.at("verdict") == to_string(only)) change.change = only;
  figures.push_back(std::move(change));
}

Comparison read_comparison(const Json& json) {
  Comparison comparison;
  for (const auto& [side, key] : {std::pair(&comparison.a, "a"), std::pair(&comparison.b, "b")}) {
    json.at(key).at("label").get_to(side->label);
    read_head(json.at(key), side->result);
    if (json.at(key).contains("slos")) read_slos(json.at(key).at("slos"), side->result);
  }
  json.at("paired").get_to(comparison.paired);
  if (json.contains("margin")) json.at("margin").get_to(comparison.margin);
  for (const Json& each : json.at("settings")) {
    const auto value = [](const Json& word) { return word.is_null() ? std::string() : word.get<std::string>(); };
    comparison.settings.push_back({each.at("key"), value(each.at("a")), value(each.at("b"))});
  }
  read_changes({}, json.at("figures"), comparison.figures);
  if (json.contains("others")) read_changes({}, json.at("others"), comparison.others);
  judge(comparison);
  return comparison;
}

}  // namespace

std::string to_json(const Comparison& comparison, int indent) {
  const auto side = [](const Compared& compared) -> Json {
    const Result& result = compared.result;
    Json json = {{"label", compared.label},
                 {"name", result.name},
                 {"scenario_hash", result.scenario_hash},
                 {"engine_revision", result.revision},
                 {"seed", result.seed},
                 {"replications", result.replications},
                 {"duration_s", result.duration_s},
                 {"warmup_s", result.warmup_s},
                 {"verdict", to_string(result.verdict)},
                 {"scenario", result.scenario.empty() ? Json() : parse_json(result.scenario)},
                 {"slos", slos_json(result)},
                 {"warnings", json_of(result.warnings)}};
    if (!result.calibration.empty()) json["calibration"] = parse_json(to_json(result.calibration));
    return json;
  };
  Json json;
  json["schema"] = comparison_schema;
  json["verdict"] = in_words(comparison);
  json["headline"] = {{"claim", to_string(comparison.headline.claim)}, {"rows", Json::array()}};
  for (const auto& path : comparison.headline.rows)
    json["headline"]["rows"].push_back(fmt::format("{}", fmt::join(path, "/")));
  json["a"] = side(comparison.a);
  json["b"] = side(comparison.b);
  json["paired"] = comparison.paired;
  json["margin"] = comparison.margin;
  json["level"] = change_level;
  json["settings"] = Json::array();
  for (const SettingDifference& difference : comparison.settings)
    json["settings"].push_back({{"key", difference.key},
                                {"a", difference.a.empty() ? Json() : Json(difference.a)},
                                {"b", difference.b.empty() ? Json() : Json(difference.b)}});
  for (const auto& [key, changes] :
       {std::pair("figures", &comparison.figures), std::pair("others", &comparison.others)}) {
    json[key] = Json::object();
    for (const FigureChange& change : *changes)
      place_in(json[key], change.path) = {{"a", json_of(change.a)},
                                          {"b", json_of(change.b)},
                                          {"difference", json_of(change.difference)},
                                          {"relative", json_of(change.relative)},
                                          {"margin", change.margin},
                                          {"p", change.tested ? Json(change.p) : Json()},
                                          {"adjusted_p", change.tested ? Json(change.adjusted_p) : Json()},
                                          {"verdict", to_string(change.change)}};
  }
  return written(json, indent);
}

std::optional<Comparison> comparison_from_json(const std::string& text, const std::string& file) {
  const Json json = json_or_discarded(text);
  if (!json.is_object() || json.value("schema", Json()) != comparison_schema) return std::nullopt;
  try {
    return read_comparison(json);
  } catch (const std::exception&) {  // of the parser or of read_comparison()
    throw core::InputError({file, 0, 0}, "", "is a damaged comparison: not what capplan compare -o x.json writes");
  }
}

}  // namespace capplan::plan
