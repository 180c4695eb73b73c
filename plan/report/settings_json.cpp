// Settings out of canonical JSON: base units spelled again as a scenario file has them, exactly.

#include "plan/report/settings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/units.h"
#include "models/catalog.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::json;
using models::Param;
using models::Type;

std::string plain(double number, const char* unit = "") { return fmt::format("{}{}", number, unit); }

std::string duration(const Json& seconds) { return core::exact_duration(core::to_nanos(seconds.get<double>())); }

/// Without quotes around keys and words, as TOML has tables.
std::string compound(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return plain(value.get<double>());
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [key, element] : value.items())
    text += (text.empty() ? "" : ", ") + (value.is_object() ? key + " = " : "") + compound(element);
  return value.is_object() ? "{ " + text + " }" : "[" + text + "]";
}

std::string spelled(const Param& param, const Json& value) {
  if (value.is_null()) return {};
  if (param.type == Type::distribution && value.is_structured()) return compound(value) + " in seconds";
  if (!value.is_number() || param.type == Type::arrivals) return compound(value);
  switch (param.type) {
    case Type::duration:
    case Type::distribution:
      return duration(value);
    case Type::bytes:
      return core::exact_bytes(value.get<std::int64_t>());
    case Type::rate:
      return plain(value.get<double>(), "/s");
    case Type::ratio:
      return plain(value.get<double>() * 100, "%");
    default:
      return compound(value);
  }
}

Json member(const Json& object, const std::string& key) {
  return object.is_object() && object.contains(key) ? object.at(key) : Json();
}

void add(const std::vector<Param>& params, const Setting& before, const Json& values, const Json& defaults,
         std::vector<Setting>& list) {
  for (const Param& param : params) {
    const Json value = member(values, param.name), fallback = member(defaults, param.name);
    Setting setting{before.section,        before.name + param.name,
                    spelled(param, value), spelled(param, fallback),
                    value == fallback,     param.help,
                    param.source};
    if (param.type == Type::record && value.is_object())
      add(param.fields, {before.section, setting.name + ".", "", "", false, "", ""}, value, fallback, list);
    else
      list.push_back(std::move(setting));
  }
}

void add_section(const std::string& word, const std::string& name, const Json& values, std::vector<Setting>& list) {
  const Json kind = member(values, "kind");
  const models::Spec* spec = models::find_spec(word, kind.is_string() ? kind.get<std::string>() : "");
  if (spec == nullptr) return;
  const std::string path = name.empty() ? word : word + "." + name;
  if (!spec->kind.empty()) list.push_back({path, "kind", spec->kind, "", false, spec->help, spec->source});
  add(spec->params, {path, "", "", "", false, "", ""}, values, Json::parse(canonical_defaults(*spec)), list);
}

}  // namespace

std::vector<Setting> settings(const std::string& canonical_scenario) {
  const Json scenario = Json::parse(canonical_scenario, nullptr, false);
  std::vector<Setting> list;
  if (!scenario.is_object()) return list;
  for (const std::string& word : models::sections()) {
    const Json named = member(scenario, word);
    if (!named.is_object()) continue;
    if (word == "scenario")
      add_section(word, "", named, list);
    else
      for (const auto& [name, values] : named.items()) add_section(word, name, values, list);
  }
  return list;
}

}  // namespace capplan::plan
