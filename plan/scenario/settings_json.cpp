// Canonical JSON taken apart again. Tables are followed down to their values, lists are one value. Units come back from
// the specs: durations, bytes and rates are spelled as a scenario file has them, what stands within a distribution or a
// list stays in base units. Limit: a scenario of a later program, with kinds unknown here, has all its values bare.

#include "plan/scenario/settings_json.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/units.h"
#include "models/catalog.h"

namespace capplan::plan {

namespace {

using models::Param;
using models::Type;
using nlohmann::json;
using Settings = std::map<std::string, std::string>;

const Param* named(const std::vector<Param>& params, const std::string& name) {
  for (const Param& param : params)
    if (param.name == name) return &param;
  return nullptr;
}

std::string spelled(const json& value, const Param* param) {
  if (value.is_string()) return value.get<std::string>();
  if (!param || !value.is_number()) return value.dump();
  if (param->type == Type::duration)
    return core::exact_duration(static_cast<core::Nanos>(std::llround(value.get<double>() * 1e9)));
  if (param->type == Type::bytes) return core::exact_bytes(value.get<std::int64_t>());
  return value.dump() + (param->type == Type::rate ? "/s" : "");
}

void flatten(const std::string& key, const json& value, const Param* param, Settings& settings) {
  if (!value.is_object()) {
    settings[key] = spelled(value, param);
    return;
  }
  for (const auto& [name, below] : value.items())
    flatten(key + "." + name, below, param ? named(param->fields, name) : nullptr, settings);
}

/// One section: what its parameters are, its spec knows.
void flatten_section(const std::string& path, const std::string& section, const json& content, Settings& settings) {
  const models::Spec* spec = models::find_spec(section, content.value("kind", ""));
  for (const auto& [name, value] : content.items())
    flatten(path + "." + name, value, spec ? named(spec->params, name) : nullptr, settings);
}

Settings settings_of(const std::string& canonical) {
  Settings settings;
  if (canonical.empty()) return settings;
  const json document = json::parse(canonical);
  for (const auto& [section, content] : document.items()) {
    if (!content.is_object()) {
      settings[section] = content.dump();
      continue;
    }
    if (section == "scenario") {
      flatten_section(section, section, content, settings);
      continue;
    }
    for (const auto& [name, values] : content.items())
      if (values.is_object()) flatten_section(section + "." + name, section, values, settings);
      else settings[section + "." + name] = values.dump();
  }
  return settings;
}

}  // namespace

std::vector<SettingDifference> setting_differences(const std::string& a, const std::string& b) {
  const Settings in_a = settings_of(a), in_b = settings_of(b);
  Settings all = in_a;
  all.insert(in_b.begin(), in_b.end());
  const auto value = [](const Settings& settings, const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string() : found->second;
  };
  std::vector<SettingDifference> differences;
  for (const auto& [key, ignored] : all)
    if (value(in_a, key) != value(in_b, key)) differences.push_back({key, value(in_a, key), value(in_b, key)});
  return differences;
}

}  // namespace capplan::plan
