// Reading SLOs. What can be judged, and in which unit, follows from the specs of the figures. `<=` and `>=` are taken
// for
// `<` and `>`: a measured figure is never exactly on its limit. `= 0` asks that something was never seen.

#include "plan/scenario/slo.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/scenario/condition.h"
#include "plan/scenario/figure_specs.h"
#include "plan/scenario/links.h"
#include "plan/scenario/sections.h"
#include "plan/scenario/slo_presets.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

/// Whether the request, query or index of this name searches; of "all", whether any query does.
bool searches(const std::vector<WrittenSection>& sections, const std::string& target) {
  const auto has_index = [&](const std::string& query) {
    return std::any_of(sections.begin(), sections.end(), [&](const WrittenSection& s) {
      const bool named = query.empty() || s.name == query || s.path() == query;
      return s.section == "query" && named && find(s.values, "index");
    });
  };
  if (target == "all") return has_index("");
  for (const WrittenSection& section : sections) {
    if (section.path() == target && section.section == "index") return true;
    if (section.path() == target && section.section == "query") return has_index(target);
    const Value* steps =
        section.section == "request" && section.name == target ? find(section.values, "steps") : nullptr;
    const auto* list = steps ? steps->as<List>() : nullptr;
    if (!list) continue;
    for (const Value& step : *list) {
      const Value* query = step.as<Table>() ? find(*step.as<Table>(), "query") : nullptr;
      if (query && query->as<std::string>() && has_index(*query->as<std::string>())) return true;
    }
  }
  return false;
}

/// Whether a section has as many equal ones as a target's number says.
bool has_number(const WrittenSection& section, const std::string& target) {
  const Value* kind = find(section.values, "kind");
  const auto* word = kind ? kind->as<std::string>() : nullptr;
  const models::Spec* spec = find_spec(section.section, word ? *word : "");
  const Value* written = spec && !spec->several.empty() ? find(section.values, spec->several) : nullptr;
  const auto* count = written ? written->as<std::int64_t>() : nullptr;
  return count && std::stoll(target.substr(target.find_last_of('.') + 1)) <= *count;
}

/// Finds what a target names: a request class by its name alone, anything else by its path, one of several by its
/// number too. False if it is nothing.
bool find_target(const std::vector<WrittenSection>& sections, const Value& value, ConditionTarget& target,
                 Problems& problems) {
  if (target.name.starts_with("request.")) target.name.erase(0, 8);
  if (target.name == "all") target.section = "request";
  target.searches = searches(sections, target.name);
  std::vector<std::string> names = {"all"};
  std::string elsewhere;
  const std::string base = without_number(target.name);
  for (const WrittenSection& section : sections) {
    const bool request = section.section == "request";
    if (metric_words(section.section).empty()) continue;
    names.push_back(request ? section.name : section.path());
    if (names.back() == target.name)
      target.section = section.section;
    else if (base != target.name && names.back() == base && has_number(section, target.name)) {
      target.section = section.section;
      target.numbered = true;
    } else if (section.name == target.name)
      elsewhere = section.path();
  }
  if (!target.section.empty()) return true;
  const std::string near = elsewhere.empty() ? core::nearest(target.name, names) : elsewhere;
  problems.push_back({value.key_where,
                      target.key,
                      fmt::format("names no request class and no resource of this scenario{}",
                                  near.empty() ? "" : "; did you mean " + near + "?"),
                      {}});
  return false;
}

void read_target(const std::string& name, const Value& value, const std::vector<WrittenSection>& sections,
                 std::vector<Slo>& slos, Problems& problems) {
  if (const auto* table = value.as<Table>()) {  // pool.codebase = [...], the dot without quotes
    for (const auto& [key, child] : *table) read_target(name + "." + key, child, sections, slos, problems);
    return;
  }
  ConditionTarget target{name, "slo." + name, {}};
  if (!find_target(sections, value, target, problems)) return;
  if (target.section == "budget")
    return problems.push_back({value.key_where, target.key, "is spent over time: a burn rate is for an alert to watch",
                               "[alert.burn] preset = \"sre-workbook\""});
  const auto* list = value.as<List>();
  if (!list) return read_condition(target, value, slos, problems);
  for (const Value& element : *list) read_condition(target, element, slos, problems);
}

/// The conditions of a preset, on everything that each is for.
void read_preset(const Value& value, const std::vector<WrittenSection>& sections, std::vector<Slo>& slos,
                 std::vector<std::string>& beyond, Problems& problems) {
  const auto* name = value.as<std::string>();
  std::vector<std::string> names;
  for (const Preset& preset : presets())
    if (!preset.conditions.empty()) names.push_back(preset.name);
  if (!name || std::find(names.begin(), names.end(), *name) == names.end()) {
    const std::string near = name ? core::nearest(*name, names) : "";
    problems.push_back(
        {value.where,
         "slo.preset",
         fmt::format("must be one of {}{}", fmt::join(names, ", "), near.empty() ? "" : "; did you mean " + near + "?"),
         {}});
    return;
  }
  for (const PresetCondition& condition : find_preset(*name)->conditions) {
    const std::vector<std::string> targets = targets_on(condition.on, sections);
    if (targets.empty())
      beyond.push_back(
          fmt::format("{} asks for {} of a {}, and there is none", *name, condition.condition, condition.on));
    for (const std::string& target : targets) {
      Value text = value;
      text.data = std::string(condition.condition);
      const std::string section = target == "all" ? "request" : target.substr(0, target.find('.'));
      const std::size_t before = slos.size();
      read_condition(ConditionTarget{target, "slo.preset", section, true, false}, text, slos, problems);
      if (slos.size() > before) slos.back().preset = *name;
    }
  }
}

}  // namespace

std::optional<Slo> read_alert_condition(const Value& when, const std::string& key,
                                        const std::vector<WrittenSection>& sections, Problems& problems) {
  const auto* text = when.as<std::string>();
  const std::size_t sign = text ? text->find_first_of("<>") : std::string::npos;
  const std::size_t dot = sign == std::string::npos ? sign : text->substr(0, text->find_first_of("([<>")).rfind('.');
  if (dot == std::string::npos || dot == 0 || text->size() > 200) {
    problems.push_back({when.where, key, "must be TARGET.METRIC > VALUE, as in \"pool.app.utilization > 70%\"", {}});
    return std::nullopt;
  }
  Value name = when, condition = when;
  name.key_where = when.where;
  condition.data = text->substr(dot + 1);
  ConditionTarget target{trimmed(text->substr(0, dot)), key, {}};
  std::vector<Slo> slos;
  if (find_target(sections, name, target, problems)) read_condition(target, condition, slos, problems);
  if (slos.empty()) return std::nullopt;
  const Slo& slo = slos.front();
  const core::FigureSpec& spec = *find_quantity(target.section, slo.metric)->spec;
  if (spec.aggregation == core::Aggregation::computed && target.section != "budget") {
    problems.push_back(
        {when.where, key, fmt::format("{} is computed after the run: an alert cannot watch it", slo.metric),
         fmt::format("state it in [slo]: \"{}\" = [\"{}\"]", target.name, trimmed(text->substr(dot + 1)))});
    return std::nullopt;
  }
  slos.front().text = *text;
  return slos.front();
}

std::vector<Slo> read_slos(const Table& document, const std::vector<WrittenSection>& sections,
                           std::vector<std::string>& beyond, Problems& problems) {
  std::vector<Slo> slos;
  const Value* slo = find(document, "slo");
  const auto* table = slo ? slo->as<Table>() : nullptr;
  if (!table) return slos;
  for (const auto& [name, value] : *table) {
    if (name != "preset")
      read_target(name, value, sections, slos, problems);
    else if (const auto* list = value.as<List>())
      for (const Value& each : *list) read_preset(each, sections, slos, beyond, problems);
    else
      read_preset(value, sections, slos, beyond, problems);
  }
  return slos;
}

}  // namespace capplan::plan
