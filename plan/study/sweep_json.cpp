// A sweep read back from its JSON: what reports need of it. The axes' raw values are not there, so that it can be shown
// but not computed further.

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

Sweep read(const Json& json, const std::string& file) {
  Sweep sweep{.name = json.at("name"), .seed = json.at("seed")};
  for (const Json& axis : json.at("axes")) sweep.axes.push_back({.key = axis.at("key"), .labels = axis.at("values")});
  for (const Json& entry : json.at("points")) {
    SweepPoint point{.hash = entry.at("hash"), .done = entry.at("done")};
    for (const Axis& axis : sweep.axes) point.labels.push_back(entry.at("at").at(axis.key));
    if (point.done) point.result = result_from_json(entry.at("result").dump(), file);
    sweep.points.push_back(std::move(point));
  }
  sweep.planned = sweep.points.size();
  for (const Json& entry : json.at("smallest")) {
    const Json& value = entry.at("value");
    sweep.smallest.push_back({entry.at("at"), entry.at("key"), value.is_null() ? "" : value.get<std::string>(),
                              entry.at("undecided_below")});
  }
  if (json.contains("excerpt")) sweep.excerpt = {json.at("excerpt").at("headline"), json.at("excerpt").at("left_out")};
  return sweep;
}

}  // namespace

std::optional<Sweep> sweep_from_json(const std::string& text, const std::string& file) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", Json()) != "capplan.sweep/1") return std::nullopt;
  try {
    return read(json, file);
  } catch (const Json::exception&) {
    throw core::InputError({file, 0, 0}, "", "is a damaged sweep: not what capplan sweep -o x.json writes");
  }
}

}  // namespace capplan::plan
