// The output contract "capplan.result/1", and back. Figures nest along their paths; a leaf is {"value", "lo", "hi"}, or
// null where the sample cannot carry it. Numbers are the shortest text that reads back exactly. Reading back gives an
// equal result where figures of one branch stand together, as in any tree; text that is not UTF-8 is replaced.

#include "plan/report/result_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "plan/report/profile_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* result_schema = "capplan.result/1";
constexpr const char* sweep_schema = "capplan.sweep/1";

/// The keys of a result that are not figures.
const std::set<std::string> own_keys = {"schema",  "name",         "scenario",   "scenario_hash", "engine_revision",
                                        "seed",    "replications", "duration_s", "warmup_s",      "events",
                                        "verdict", "slos",         "warnings",   "profile"};

std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + (indent < 0 ? "" : "\n");
}

Json leaf(const core::Estimate& e) {
  if (!e.known || !std::isfinite(e.value) || !std::isfinite(e.lo) || !std::isfinite(e.hi)) return nullptr;
  return {{"value", e.value}, {"lo", e.lo}, {"hi", e.hi}};
}

Json written(const Result& result) {
  Json json;
  json["schema"] = result_schema;
  json["name"] = result.name;
  json["scenario"] = result.scenario.empty() ? Json() : Json::parse(result.scenario);
  json["scenario_hash"] = result.scenario_hash;
  json["engine_revision"] = result.revision;
  json["seed"] = result.seed;
  json["replications"] = result.replications;
  json["duration_s"] = result.duration_s;
  json["warmup_s"] = result.warmup_s;
  json["events"] = result.events;
  json["verdict"] = to_string(result.verdict);
  for (const Figure& figure : result.figures) {
    Json* at = &json;
    for (const std::string& key : figure.path) at = &(*at)[key];
    *at = leaf(figure.estimate);
  }
  for (const char* group : {"requests", "queries", "pools", "bouncers", "servers", "caches"})
    if (!json.contains(group)) json[group] = Json::object();
  json["slos"] = Json::array();
  for (const SloResult& slo : result.slos)
    json["slos"].push_back({{"target", slo.target},
                            {"text", slo.text},
                            {"op", slo.below ? "<" : ">"},
                            {"limit", slo.limit},
                            {"estimate", leaf(slo.estimate)},
                            {"judgement", to_string(slo.judgement)}});
  json["warnings"] = Json::array();
  for (const Warning& warning : result.warnings)
    json["warnings"].push_back({{"code", warning.code}, {"text", warning.text}});
  if (!result.profile.empty()) json["profile"] = Json::parse(to_json(result.profile));
  return json;
}

/// Reads a result; whatever is not as written is thrown by the parser or as std::invalid_argument.
class Reader {
 public:
  static Result read(const Json& json) {
    if (!json.is_object() || !json.contains("schema") || json.at("schema") != result_schema)
      throw std::invalid_argument(fmt::format("is no result: its schema is not \"{}\"", result_schema));
    Result result;
    json.at("name").get_to(result.name);
    if (!json.at("scenario").is_null()) result.scenario = json.at("scenario").dump();
    json.at("scenario_hash").get_to(result.scenario_hash);
    json.at("engine_revision").get_to(result.revision);
    json.at("seed").get_to(result.seed);
    json.at("replications").get_to(result.replications);
    json.at("duration_s").get_to(result.duration_s);
    json.at("warmup_s").get_to(result.warmup_s);
    json.at("events").get_to(result.events);
    result.verdict = one_of<Verdict>(json.at("verdict"),
                                     {Verdict::ok, Verdict::missed, Verdict::undecided, Verdict::no_steady_state});
    for (const auto& [key, value] : json.items())
      if (!own_keys.contains(key)) read_figures({key}, value, result.figures);
    for (const Json& slo : json.at("slos"))
      result.slos.push_back(
          {slo.at("target"), slo.at("text"), slo.at("limit"), slo.at("op") == "<", estimate(slo.at("estimate")),
           one_of<Judgement>(slo.at("judgement"), {Judgement::met, Judgement::missed, Judgement::undecided})});
    for (const Json& warning : json.at("warnings")) result.warnings.push_back({warning.at("code"), warning.at("text")});
    if (json.contains("profile")) result.profile = profile_from_json(json.at("profile").dump());
    return result;
  }

 private:
  template <class T>
  static T one_of(const Json& word, std::initializer_list<T> values) {
    for (const T value : values)
      if (word == to_string(value)) return value;
    throw std::invalid_argument(fmt::format("{} is none of the words expected there", word.dump()));
  }

  static core::Estimate estimate(const Json& json) {
    if (json.is_null()) return {};
    return {json.at("value"), json.at("lo"), json.at("hi"), true};
  }

  static void read_figures(const std::vector<std::string>& path, const Json& json, std::vector<Figure>& figures) {
    const bool is_leaf = json.is_null() || (json.contains("value") && json.at("value").is_number());
    if (is_leaf) {
      figures.push_back({path, estimate(json)});
      return;
    }
    if (!json.is_object()) throw std::invalid_argument(fmt::format("{} holds no figures", fmt::join(path, "/")));
    for (const auto& [key, value] : json.items()) {
      std::vector<std::string> below = path;
      below.push_back(key);
      read_figures(below, value, figures);
    }
  }
};

/// What the parser says, without its own name and number in front.
std::string reason(const std::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.starts_with("[json") ? text.find("] ") : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace

std::string to_json(const Result& result, int indent) { return dumped(written(result), indent); }

Result result_from_json(const std::string& text, const std::string& file) {
  try {
    return Reader::read(Json::parse(text));
  } catch (const std::exception& error) {  // of the parser or of Reader: the text is not what to_json writes
    throw core::InputError({file, 0, 0}, "", reason(error));
  }
}

std::string to_json(const Sweep& sweep, int indent) {
  Json json;
  json["schema"] = sweep_schema;
  json["name"] = sweep.name;
  json["engine_revision"] = engine_revision;
  json["seed"] = sweep.seed;
  json["axes"] = Json::array();
  for (const Axis& axis : sweep.axes) json["axes"].push_back({{"key", axis.key}, {"values", axis.labels}});
  json["points"] = Json::array();
  for (const SweepPoint& point : sweep.points) {
    Json at = Json::object();
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) at[sweep.axes[i].key] = point.labels.at(i);
    json["points"].push_back({{"at", std::move(at)},
                              {"hash", point.hash},
                              {"done", point.done},
                              {"result", point.done ? written(point.result) : Json()}});
  }
  json["smallest"] = Json::array();
  for (const Smallest& smallest : sweep.smallest)
    json["smallest"].push_back({{"key", smallest.key},
                                {"value", smallest.label.empty() ? Json() : Json(smallest.label)},
                                {"at", smallest.others},
                                {"undecided_below", smallest.undecided_below}});
  return dumped(json, indent);
}

}  // namespace capplan::plan
