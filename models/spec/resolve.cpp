// From what an input says to what the models read: types checked, units converted, defaults filled in. Everything wrong
// is collected with its position. Defaults go through the same code as written values; one that does not resolve is a
// mistake in a spec and throws std::logic_error. Whether a named section exists is for the scenario to check.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "core/units.h"
#include "models/spec/resolving.h"

namespace capplan::models {

namespace resolving {

namespace {

Value resolved(const Param& param, const Value& raw, const std::string& key, const Scope& scope);

/// The default as a written value would be: numbers and flags of the right type, everything else as text.
Value written_default(const Param& param) {
  const std::string& text = param.fallback;
  Value value;
  std::string digits = text;
  std::erase(digits, '_');
  double number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool numeric = failure == std::errc{} && end == digits.data() + digits.size();
  if (param.type == Type::flag)
    value.data = text == "true";
  else if (param.type == Type::list && text == "[]")
    value.data = List{};
  else if (numeric && (param.type == Type::count || param.type == Type::number))
    value.data = number;
  else
    value.data = text;
  return value;
}

Table complete(const std::vector<Param>& params, const Table& raw, const std::string& path, const core::Position& where,
               const std::string& owner, const Scope& scope);

/// A parameter that is not written: its default, or nothing.
Value absent(const Param& param, const std::string& key, const core::Position& where, const Scope& scope) {
  if (param.fallback == "none") return {};
  if (param.required && param.fallback.empty()) {
    scope.add_with_hint(where, key, fmt::format("is required: {}", wanted(param)));
    return {};
  }
  Value value;
  if (param.type == Type::record && param.fallback.empty()) {
    const auto required = [](const Param& field) { return field.required && field.fallback.empty(); };
    if (std::any_of(param.fields.begin(), param.fields.end(), required)) return {};
    Table fields = complete(param.fields, {}, key, where, {}, scope);
    if (fields.empty()) return {};
    value.data = std::move(fields);
  } else if (!param.fallback.empty()) {
    std::vector<core::Problem> wrong;
    value = resolved(param, written_default(param), key, {wrong, {}});
    if (!wrong.empty()) throw std::logic_error("the default of " + key + ": " + wrong.front().what);
  } else {
    return {};
  }
  value.where = where;
  value.is_default = true;
  return value;
}

/// The fields of `raw` in the order of `params`, with defaults; keys of `raw` that no parameter has are refused.
Table complete(const std::vector<Param>& params, const Table& raw, const std::string& path, const core::Position& where,
               const std::string& owner, const Scope& scope) {
  std::vector<std::string> names;
  for (const Param& param : params) names.push_back(param.name);
  for (const auto& [name, value] : raw) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = core::nearest(name, names);
    scope.add_with_hint(value.key_where, below(path, name),
                        "unknown key" + owner + (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  Table result;
  for (const Param& param : params) {
    const Value* written = find(raw, param.name);
    const std::string key = below(path, param.name);
    const bool excused = !param.unless.empty() && find(raw, param.unless);
    Value value = written   ? resolved(param, *written, key, scope)
                  : excused ? Value{}
                            : absent(param, key, where, scope);
    if (!value.empty()) result.emplace_back(param.name, std::move(value));
  }
  return result;
}

}  // namespace

Value record(const Param& param, const std::vector<Param>& fields, const Value& raw, const std::string& key,
             const Scope& scope) {
  const auto* table = raw.as<Table>();
  if (!table) return refuse(param, raw, key, scope);
  return with(raw, complete(fields, *table, key, raw.where, {}, scope));
}

Value list(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  const auto* elements = raw.as<List>();
  if (!elements) return refuse(param, raw, key, scope);
  const auto size = static_cast<double>(elements->size());
  if (elements->empty() && param.required)
    scope.add(raw.where, key, "must not be empty");
  else if ((param.lo && size < *param.lo) || (param.hi && size > *param.hi))
    scope.add(raw.where, key, fmt::format("{} elements where {} are allowed", elements->size(), allowed(param)));
  List result;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const std::string place = fmt::format("{}[{}]", key, i);
    const Value& element = (*elements)[i];
    result.push_back(param.list_of_records
                         ? record({.name = param.name, .type = Type::record}, param.fields, element, place, scope)
                         : resolved(param.fields.at(0), element, place, scope));
  }
  return with(raw, std::move(result));
}

namespace {

Value resolved(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  switch (param.type) {
    case Type::flag:
      return raw.as<bool>() ? raw : refuse(param, raw, key, scope);
    case Type::count_or_share:
      if (raw.as<std::string>()) return resolved({.type = Type::ratio, .lo = 0, .hi = 1}, raw, key, scope);
      [[fallthrough]];
    case Type::count:
      return whole_number(param, raw, key, scope);
    case Type::number:
      return real_number(param, raw, key, scope);
    case Type::ratio:
      return ratio(param, raw, key, scope);
    case Type::duration:
      return duration(param, raw, key, scope);
    case Type::bytes:
      return bytes(param, raw, key, scope);
    case Type::rate:
      return rate(param, raw, key, scope);
    case Type::capture:
    case Type::index_law:
      if (raw.as<std::shared_ptr<const ArrivalTrace>>() || raw.as<std::shared_ptr<const IndexCosts>>()) return raw;
      [[fallthrough]];
    case Type::text:
      return raw.as<std::string>() ? raw : refuse(param, raw, key, scope);
    case Type::choice:
      return chosen(param, raw, key, scope);
    case Type::reference:
      return reference(param, raw, key, scope);
    case Type::distribution:
      return distribution(param, raw, key, scope);
    case Type::arrivals:
      return arrivals(param, raw, key, scope);
    case Type::keys:
      return keys(param, raw, key, scope);
    case Type::rate_series:
      return rate_series(param, raw, key, scope);
    case Type::record:
      return record(param, param.fields, raw, key, scope);
    case Type::list:
      return list(param, raw, key, scope);
    case Type::mix:
      return mix(param, raw, key, scope);
  }
  return {};
}

}  // namespace

}  // namespace resolving

Params resolve(const Spec& spec, const Table& raw, const std::string& path, const core::Position& where,
               std::vector<core::Problem>& problems) {
  const resolving::Scope scope{problems, "capplan describe " + spec.path()};
  const std::string owner =
      spec.kind.empty() ? fmt::format(" for [{}]", spec.section) : fmt::format(" for kind \"{}\"", spec.kind);
  const std::size_t before = problems.size();
  Params params(resolving::complete(spec.params, raw, path, where, owner, scope));
  if (spec.check != nullptr && problems.size() == before) spec.check(params, path, problems);
  return params;
}

Value resolve(const Param& param, const Value& raw, const std::string& key, std::vector<core::Problem>& problems) {
  return resolving::resolved(param, raw, key, {problems, {}});
}

}  // namespace capplan::models
