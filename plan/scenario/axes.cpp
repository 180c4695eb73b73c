#include "plan/scenario/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/units.h"
#include "plan/format/document.h"
#include "plan/scenario/sections.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;
using Problems = std::vector<core::Problem>;

/// Keys of [sweep] that are no axes: those have a dot.
constexpr const char* design_key = "design";
constexpr const char* samples_key = "samples";

std::string label(const Value& value) {
  const auto* text = value.as<std::string>();
  const auto* real = value.as<double>();
  return text ? *text : real ? fmt::format("{}", *real) : write_toml_value(value);
}

/// Labels the values and drops those that have come before.
void finish(Axis& axis) {
  List once;
  std::set<std::string> seen;
  axis.labels.clear();
  for (Value& value : axis.values) {
    std::string text = label(value);
    if (!seen.insert(text).second) continue;
    axis.labels.push_back(std::move(text));
    once.push_back(std::move(value));
  }
  axis.values = std::move(once);
}

/// The key path of an axis in a message: below [sweep] in a file, as it is in a flag.
std::string key_path(const std::string& key, const core::Position& where) {
  return where.line > 0 ? "sweep." + key : key;
}

/// The keys of [sweep], whether dotted in quotes or not.
void flatten(const Table& table, const std::string& prefix, Table& keys) {
  for (const auto& [key, value] : table) {
    if (const auto* below = value.as<Table>())
      flatten(*below, prefix + key + ".", keys);
    else
      keys.emplace_back(prefix + key, value);
  }
}

}  // namespace

const AxisKind* axis_kind(std::string_view text) {
  for (const AxisKind& kind : axis_kinds())
    if (kind.reads(text)) return &kind;
  return nullptr;
}

Axis make_axis(const std::string& key, const Value& values, Problems& problems) {
  Axis axis;
  axis.key = key;
  std::string wrong;
  if (const auto* list = values.as<List>()) {
    if (list->empty()) wrong = "needs at least one value";
    if (list->size() > static_cast<std::size_t>(most_axis_values))
      wrong = fmt::format("{} values; an axis has at most 10,000", list->size());
    if (wrong.empty()) axis.values = *list;
    for (Value& value : axis.values) value.key_where = values.key_where;
  } else if (const auto* text = values.as<std::string>()) {
    const std::string start = text->substr(0, 200);
    const AxisKind* kind = axis_kind(start);
    wrong = (kind != nullptr ? *kind : axis_kinds().front()).expand(start, values, axis.values);
  } else {
    wrong = "must be a list of values, or a range such as \"50/s..400/s:8\"";
  }
  if (!wrong.empty()) problems.push_back({values.where, key_path(key, values.where), wrong, {}});
  finish(axis);
  return axis;
}

std::vector<Axis> read_axes(const Table& document, const std::vector<Axis>& vary, Problems& problems) {
  std::vector<Axis> axes;
  const Value* sweep = find(document, "sweep");
  const auto* table = sweep ? sweep->as<Table>() : nullptr;
  if (table) {
    Table keys;
    flatten(*table, {}, keys);
    for (const auto& [key, values] : keys) {
      if (key == design_key || key == samples_key) continue;
      const std::string& name = key;
      const bool replaced = std::any_of(vary.begin(), vary.end(), [&](const Axis& axis) { return axis.key == name; });
      Axis axis = replaced ? Axis{name, {}, {}, false} : make_axis(name, values, problems);
      if (replaced || !axis.values.empty()) axes.push_back(std::move(axis));
    }
  }
  for (const Axis& axis : vary) {
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& other) { return other.key == axis.key; });
    if (same != axes.end())
      *same = axis;
    else
      axes.push_back(axis);
  }
  if (axes.size() > most_axes) {
    const core::Position where = axes[most_axes].values.front().key_where;
    problems.push_back({where, key_path(axes[most_axes].key, where), "one axis too many: 20 are the most", {}});
    axes.resize(most_axes);
  }
  return axes;
}

SweepDesign read_design(const Table& document, Problems& problems) {
  SweepDesign design;
  const Value* sweep = find(document, "sweep");
  const auto* table = sweep ? sweep->as<Table>() : nullptr;
  if (table == nullptr) return design;
  if (const Value* name = find(*table, design_key)) {
    design.where = name->where;
    if (const auto* text = name->as<std::string>())
      design.name = *text;
    else
      problems.push_back({name->where, "sweep.design", "must be a word such as \"sobol\"", "capplan help sweep"});
  }
  if (const Value* samples = find(*table, samples_key)) {
    design.where = samples->where;
    const auto* count = samples->as<std::int64_t>();
    if (count != nullptr && *count >= 1)
      design.samples = static_cast<std::size_t>(*count);
    else
      problems.push_back({samples->where, "sweep.samples", "must be a whole number, 1 or more", "samples = 64"});
  }
  return design;
}

bool find_axis(const Axis& axis, const std::vector<WrittenSection>& sections, const WrittenSection*& section,
               const models::Param*& param, Problems& problems) {
  const core::Position& where = axis.values.front().key_where;
  const std::vector<std::string> path = split_key(axis.key);
  const std::size_t head = path[0] == "scenario" ? 1 : 2;
  section = nullptr;
  param = nullptr;
  std::vector<std::string> paths;
  for (const WrittenSection& candidate : sections) {
    paths.push_back(candidate.path());
    if (path.size() >= head && candidate.section == path[0] && (head == 1 || candidate.name == path[1]))
      section = &candidate;
  }
  if (!section || path.size() == head || path.size() > 20) {
    const std::string near =
        section || path.size() < 2 ? "" : core::nearest(path[0] + (head == 1 ? "" : "." + path[1]), paths);
    problems.push_back(
        {where,
         key_path(axis.key, where),
         section ? "must name a parameter: write SECTION.NAME.PARAMETER"
                 : "names no section of this scenario" + (near.empty() ? "" : "; did you mean " + near + "?"),
         {}});
    return false;
  }
  const Value* kind = find(section->values, "kind");
  const auto* word = kind ? kind->as<std::string>() : nullptr;
  const models::Spec* spec = find_spec(section->section, word ? *word : "");
  if (!spec || path[head] == "kind") return spec != nullptr;
  const std::vector<models::Param>* params = &spec->params;
  for (std::size_t i = head; i < path.size(); ++i) {
    const auto found = std::find_if(params->begin(), params->end(), [&](const auto& p) { return p.name == path[i]; });
    if (found == params->end()) {
      std::vector<std::string> names;
      for (const models::Param& p : *params) names.push_back(p.name);
      const std::string near = core::nearest(path[i], names);
      problems.push_back({where, key_path(axis.key, where),
                          "names no parameter" + (near.empty() ? "" : "; did you mean " + near + "?"),
                          "capplan describe " + spec->path()});
      return false;
    }
    param = i + 1 == path.size() ? &*found : nullptr;
    if (found->type != models::Type::record) break;
    params = &found->fields;
  }
  return true;
}

void fit_to(const models::Param& param, Axis& axis) {
  axis.costs = param.costs;
  if (param.type != models::Type::count) return;
  for (Value& value : axis.values) {
    const auto* real = value.as<double>();
    if (real && value.origin == "range" && std::abs(*real) < 9e15) value.data = std::int64_t{std::llround(*real)};
  }
  finish(axis);
}

}  // namespace capplan::plan
