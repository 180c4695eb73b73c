// Canonical JSON taken apart. Units come back from the specs: durations, bytes, rates and shares are spelled as a
// scenario file has them, exactly. Limit: a scenario of a later program, with kinds unknown here, has its values bare.

#include "plan/scenario/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/units.h"
#include "plan/format/json_text.h"
#include "plan/scenario/condition.h"
#include "plan/scenario/scenario.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::json;
using models::Param;
using models::Type;

/// The numbers of a distribution that are no times.
const std::set<std::string> shapes = {"cv", "stages", "shape", "alpha", "weights", "probability"};

/// Without quotes around keys and words, as TOML has tables.
std::string compound(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [key, element] : value.items())
    text += (text.empty() ? "" : ", ") + (value.is_object() ? key + " = " : "") + compound(element);
  return value.is_object() ? "{ " + text + " }" : "[" + text + "]";
}

std::string spelled(Type type, const Json& value) {
  if (value.is_null()) return {};
  if (type == Type::distribution && value.is_array()) return compound(value) + " in seconds";
  if (!value.is_number()) return compound(value);
  switch (type) {
    case Type::duration:
    case Type::distribution:
      return core::exact_duration(core::to_nanos(value.get<double>()));
    case Type::bytes:
      return core::exact_bytes(value.get<std::int64_t>());
    case Type::rate:
      return fmt::format("{}/s", value.get<double>());
    case Type::count_or_share:
      if (value.is_number_integer()) return compound(value);
      [[fallthrough]];
    case Type::ratio:
      return fmt::format("{}%", value.get<double>() * 100);
    default:
      return compound(value);
  }
}

Json member(const Json& object, const std::string& key) {
  return object.is_object() && object.contains(key) ? object.at(key) : Json();
}

std::string text(const Json& object, const std::string& key) {
  const Json value = member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

/// A time that is always the same is spelled without its family.
Json plain_time(Json value) {
  return value.is_object() && value.size() == 1 ? value.value("deterministic", value) : value;
}

/// The settings of one section, in the order in which they are added.
class Section {
 public:
  Section(std::string path, std::vector<Setting>& list) : path_(std::move(path)), list_(list) {}

  void add(const Param& param, const std::string& name, Json value, Json fallback) {
    if (param.type == Type::distribution) {
      value = plain_time(std::move(value));
      fallback = plain_time(std::move(fallback));
    }
    if (param.type == Type::record && value.is_object()) {
      for (const Param& field : param.fields)
        add(field, name + "." + field.name, member(value, field.name), member(fallback, field.name));
    } else if (value.is_object() && !value.empty()) {
      for (const auto& [key, element] : value.items()) {
        Param part = param;  // whose parts are of its type; what is no time has none
        if (param.type == Type::distribution && shapes.contains(key)) part.type = Type::number;
        add(part, name + "." + key, element, member(fallback, key));
      }
    } else {
      list_.push_back({path_, name, spelled(param.type, value), spelled(param.type, fallback), value == fallback,
                       param.help, param.source});
    }
  }

 private:
  std::string path_;
  std::vector<Setting>& list_;
};

/// Parameters of a known kind, or whatever is there.
void add_section(const std::string& word, const std::string& path, const Json& values, std::vector<Setting>& list) {
  const models::Spec* spec = find_spec(word, text(values, "kind"));
  Section section(path, list);
  if (spec == nullptr) {
    for (const auto& [name, value] : values.items()) section.add({}, name, value, {});
    return;
  }
  if (!spec->kind.empty()) list.push_back({path, "kind", spec->kind, "", false, spec->help, spec->source});
  const Json defaults = parse_json<Json>(canonical_defaults(*spec));
  for (const Param& param : spec->params)
    section.add(param, param.name, member(values, param.name), member(defaults, param.name));
}

void add_sections(const std::string& word, const Json& content, std::vector<Setting>& list) {
  if (word == "scenario") return add_section(word, word, content, list);
  for (const auto& [name, values] : content.items())
    if (values.is_object()) add_section(word, word + "." + name, values, list);
}

Type limit_type(const std::string& target, const std::string& metric, double limit) {
  switch (limit_unit(target, metric, limit)) {
    case core::Unit::per_second:
      return Type::rate;
    case core::Unit::ratio:
      return Type::ratio;
    case core::Unit::bytes:
      return Type::bytes;
    case core::Unit::count:
      return Type::number;
    default:
      return Type::duration;
  }
}

/// Several conditions on one metric are one setting.
void add_slos(const Json& slos, std::vector<Setting>& list) {
  const std::size_t begin = list.size();
  for (const Json& slo : slos) {
    const std::string metric = text(slo, "metric");
    const Json value = member(slo, "limit");
    const Type type = limit_type(text(slo, "target"), metric, value.is_number() ? value.get<double>() : 0);
    const std::string over = slo.contains("of") ? " over " + text(slo, "of") : "";
    const std::string limit = text(slo, "op") + " " + spelled(type, value) + over;
    const std::string target = "slo." + text(slo, "target");
    const auto same = std::find_if(list.begin() + static_cast<std::ptrdiff_t>(begin), list.end(),
                                   [&](const Setting& s) { return s.section == target && s.name == metric; });
    if (same == list.end())
      list.push_back({target, metric, limit, "", false, "a condition to meet", ""});
    else
      same->value += " and " + limit;
  }
}

}  // namespace

std::vector<Setting> settings(const std::string& canonical_scenario) {
  const Json scenario = json_or_discarded<Json>(canonical_scenario);
  std::vector<Setting> list;
  if (!scenario.is_object()) return list;
  std::set<std::string> known = {"slo"};
  for (const std::string& word : section_words()) {
    known.insert(word);
    if (const Json content = member(scenario, word); content.is_object()) add_sections(word, content, list);
  }
  for (const auto& [word, content] : scenario.items())
    if (!known.contains(word) && content.is_object()) add_sections(word, content, list);
  if (const Json slos = member(scenario, "slo"); slos.is_array()) add_slos(slos, list);
  return list;
}

std::vector<SettingDifference> setting_differences(const std::string& canonical_a, const std::string& canonical_b) {
  const std::vector<Setting> in_a = settings(canonical_a), in_b = settings(canonical_b);
  std::map<std::string, std::string> of_a, of_b;
  for (const Setting& setting : in_a) of_a[setting.key()] = setting.value;
  for (const Setting& setting : in_b) of_b[setting.key()] = setting.value;
  std::vector<SettingDifference> differences;
  for (const Setting& setting : in_a)
    if (setting.value != of_b[setting.key()])
      differences.push_back({setting.key(), setting.value, of_b[setting.key()]});
  for (const Setting& setting : in_b)
    if (!of_a.contains(setting.key()) && !setting.value.empty())
      differences.push_back({setting.key(), "", setting.value});
  return differences;
}

}  // namespace capplan::plan
