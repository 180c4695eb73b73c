// Sweeps as "capplan.sweep/1", and back as far as reports need them: the axes' raw values are not there, so that a
// sweep can be shown but not computed further.

#include "core/error.h"
#include "plan/study/json_parts.h"
#include "plan/study/result_json.h"
#include "plan/study/smallest_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Sweep read(const Json& json) {
  Sweep sweep{.name = json.at("name"), .seed = whole<std::uint64_t>(json.at("seed"))};
  for (const Json& axis : json.at("axes")) sweep.axes.push_back({.key = axis.at("key"), .labels = axis.at("values")});
  for (const Json& entry : json.at("points")) {
    SweepPoint point{.hash = entry.at("hash"), .done = entry.at("done")};
    for (const Axis& axis : sweep.axes) point.labels.push_back(entry.at("at").at(axis.key));
    if (point.done) point.result = result_of(entry.at("result"));
    sweep.points.push_back(std::move(point));
  }
  sweep.planned = sweep.points.size();
  for (const Json& entry : json.at("smallest")) sweep.smallest.push_back(smallest_of(entry));
  if (json.contains("excerpt")) sweep.excerpt = {json.at("excerpt").at("headline"), json.at("excerpt").at("left_out")};
  return sweep;
}

}  // namespace

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
                              {"result", point.done ? json_of(point.result) : Json()}});
  }
  json["smallest"] = Json::array();
  for (const Smallest& smallest : sweep.smallest) json["smallest"].push_back(json_of(smallest));
  if (!sweep.excerpt.headline.empty())
    json["excerpt"] = {{"headline", sweep.excerpt.headline}, {"left_out", sweep.excerpt.left_out}};
  return written(json, indent);
}

std::optional<Sweep> sweep_from_json(const std::string& text, const std::string& file) {
  const Json json = json_or_discarded(text);
  if (!json.is_object() || json.value("schema", Json()) != sweep_schema) return std::nullopt;
  try {
    return read(json);
  } catch (const std::exception&) {  // of the parser, or of read()
    throw core::InputError({file, 0, 0}, "", "is a damaged sweep: not what capplan sweep -o x.json writes");
  }
}

}  // namespace capplan::plan
