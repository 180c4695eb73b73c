// From what an input says to what the models read: types checked, units converted, defaults filled in. Everything wrong
// is collected with its position. Defaults go through the same code as written values; one that does not resolve is a
// mistake in a spec and throws std::logic_error. Whether a named section exists is for the scenario to check.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "core/units.h"
#include "models/spec/distribution_value.h"
#include "models/spec/spec.h"

namespace capplan::models {

namespace {

/// Where problems go, and the command that explains the section: empty where there is none.
struct Scope {
  std::vector<core::Problem>& problems;
  std::string command;

  void add(const core::Position& where, const std::string& key, const std::string& what) const {
    problems.push_back({where, key, what, {}});
  }
  void add_with_hint(const core::Position& where, const std::string& key, const std::string& what) const {
    problems.push_back({where, key, what, command});
  }
};

std::string below(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

/// The value as a message shows it.
std::string shown(const Value& raw) {
  if (const auto* flag = raw.as<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = raw.as<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto* real = raw.as<double>()) return fmt::format("{}", *real);
  if (const auto* text = raw.as<std::string>())
    return fmt::format("\"{}{}\"", text->substr(0, 40), text->size() > 40 ? "..." : "");
  return raw.as<List>() ? "a list" : "a table";
}

/// What a parameter wants, with an example.
std::string wanted(const Param& param) {
  switch (param.type) {
    case Type::flag:
      return "true or false";
    case Type::count:
      return "a whole number";
    case Type::count_or_share:
      return "a whole number, or a share such as \"50%\"";
    case Type::number:
      return "a number";
    case Type::ratio:
      return "a share such as \"0.1%\" or 0.001";
    case Type::duration:
      return "a duration such as \"30s\"";
    case Type::bytes:
      return "a size such as \"8GB\"";
    case Type::rate:
      return "a rate such as \"200/s\"";
    case Type::text:
      return "a text in quotes";
    case Type::choice:
    case Type::reference:
      return allowed(param);
    case Type::distribution:
      return "a duration such as \"2ms\", or a distribution";
    case Type::arrivals:
      return "\"poisson\", \"constant\", { gamma = { cv = 2 } } or { mmpp = { rates = [1, 8], "
             "stays = [\"20s\", \"2s\"] } }";
    case Type::keys:
      return "a table such as { zipf = 0.9, count = 1_000_000 } or { trace = \"keys.csv\" }";
    case Type::rate_series:
      return "the file name of a CSV file, or a list such as [{ at = \"0s\", rate = \"50/s\" }]";
    case Type::record:
      return "a table";
    case Type::list:
      return param.list_of_records ? "a list of tables" : "a list";
    case Type::mix:
      return "a table of weights such as { search = 3, create = 1 }";
    case Type::capture:
      return "the file name of a capture manifest";
    case Type::index_law:
      return "the file name of a calibration";
  }
  return {};
}

Value refuse(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  scope.add_with_hint(raw.where, key, fmt::format("must be {}, not {}", wanted(param), shown(raw)));
  return {};
}

Value with(const Value& raw, Value::Data data) {
  return {std::move(data), raw.where, raw.key_where, raw.is_default, raw.origin};
}

/// Checks x (in base units) against the parameter's range.
bool within(const Param& param, double x, const Value& raw, const std::string& key, const Scope& scope) {
  if (!(param.lo && x < *param.lo) && !(param.hi && x > *param.hi)) return true;
  const bool both = param.lo && param.hi;
  scope.add(raw.where, key, fmt::format("{} is outside {}{}", shown(raw), both ? "" : "the range: ", allowed(param)));
  return false;
}

/// Text and numbers as the readers of quantities take them; null for anything else.
std::optional<std::string> quantity(const Value& raw) {
  if (const auto* text = raw.as<std::string>()) return *text;
  if (raw.as<std::int64_t>() || raw.as<double>()) return shown(raw);
  return std::nullopt;
}

template <class T, class Parse>
Value measured(const Param& param, const Value& raw, const std::string& key, const Scope& scope, Parse parse,
               double base) {
  const std::optional<std::string> text = quantity(raw);
  if (!text) return refuse(param, raw, key, scope);
  const core::Parsed<T> parsed = parse(*text);
  if (!parsed) {
    scope.add(raw.where, key, parsed.error);
    return {};
  }
  if (!within(param, static_cast<double>(parsed.value) / base, raw, key, scope)) return {};
  return with(raw, parsed.value);
}

Value whole_number(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  std::int64_t whole = 0;
  if (const auto* written = raw.as<std::int64_t>()) {
    whole = *written;
  } else if (const auto* real = raw.as<double>(); real && std::abs(*real) < 9e15 && *real == std::floor(*real)) {
    whole = static_cast<std::int64_t>(*real);  // as in 1e6
  } else {
    return refuse(param, raw, key, scope);
  }
  if (!within(param, static_cast<double>(whole), raw, key, scope)) return {};
  return with(raw, whole);
}

Value real_number(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  double x = 0;
  if (const auto* whole = raw.as<std::int64_t>())
    x = static_cast<double>(*whole);
  else if (const auto* real = raw.as<double>(); real && std::isfinite(*real))
    x = *real;
  else
    return refuse(param, raw, key, scope);
  if (!within(param, x, raw, key, scope)) return {};
  return with(raw, x);
}

Value chosen(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  const auto* word = raw.as<std::string>();
  if (!word) return refuse(param, raw, key, scope);
  if (std::find(param.choices.begin(), param.choices.end(), *word) != param.choices.end()) return raw;
  const std::string near = core::nearest(*word, param.choices);
  scope.add_with_hint(raw.where, key,
                      fmt::format("{} is not allowed: {}{}", shown(raw), allowed(param),
                                  near.empty() ? "" : "; did you mean " + near + "?"));
  return {};
}

/// "main" to "bouncer.main" where only one kind of section is allowed; what names its section must name an allowed one.
Value reference(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  const auto* name = raw.as<std::string>();
  if (!name || name->empty()) return refuse(param, raw, key, scope);
  const std::size_t dot = name->find('.');
  if (dot == std::string::npos) {
    return param.choices.size() == 1 ? with(raw, param.choices.front() + "." + *name) : raw;
  }
  const std::string section = name->substr(0, dot);
  if (param.numbered && name->find_first_not_of("0123456789", dot + 1) == std::string::npos) return raw;
  if (std::find(param.choices.begin(), param.choices.end(), section) == param.choices.end())
    return refuse(param, raw, key, scope);
  return raw;
}

Value mmpp(const Value& raw, const Value& states, const std::string& key, const Scope& scope);

Value arrivals(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (const auto* word = raw.as<std::string>()) {
    if (*word == "poisson") return with(raw, 1.0);
    if (*word == "constant") return with(raw, 0.0);
  }
  const auto* table = raw.as<Table>();
  if (table && table->size() == 1 && table->front().first == "mmpp")
    return mmpp(raw, table->front().second, key + ".mmpp", scope);
  const auto* gamma =
      table && table->size() == 1 && table->front().first == "gamma" ? table->front().second.as<Table>() : nullptr;
  if (!gamma || gamma->size() != 1 || gamma->front().first != "cv") return refuse(param, raw, key, scope);
  const Param cv{.name = "cv", .type = Type::number, .lo = 0, .hi = 100};
  Value value = real_number(cv, gamma->front().second, key + ".gamma.cv", scope);
  return value.empty() ? value : with(raw, value.data);
}

Value mix(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  const auto* weights = raw.as<Table>();
  if (!weights || weights->empty()) return refuse(param, raw, key, scope);
  Table result;
  for (const auto& [name, weight] : *weights) {
    const Param positive{.name = name, .type = Type::number, .lo = 0, .hi = 1e12};
    Value value = real_number(positive, weight, below(key, name), scope);
    if (const auto* x = value.as<double>(); x && *x == 0)
      scope.add(weight.where, below(key, name), "a weight must be above 0; leave the name out instead");
    if (!value.empty()) result.emplace_back(name, std::move(value));
  }
  return with(raw, std::move(result));
}

/// The fields of keys: a popularity, P(k) ~ k^-zipf for k = 1..count, with `shift` keys a second that come in at the
/// top, all others one rank lower; or the file of a trace, which stands alone.
const std::vector<Param>& key_fields() {
  static const std::vector<Param> fields = {
      {.name = "zipf", .type = Type::number, .fallback = "0", .lo = 0, .hi = 10},
      {.name = "count", .type = Type::count, .required = true, .lo = 1, .hi = 1e9},
      {.name = "shift", .type = Type::rate, .lo = 0, .hi = 1e9},
      {.name = "trace", .type = Type::text},
  };
  return fields;
}

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

Value record(const Param& param, const std::vector<Param>& fields, const Value& raw, const std::string& key,
             const Scope& scope) {
  const auto* table = raw.as<Table>();
  if (!table) return refuse(param, raw, key, scope);
  return with(raw, complete(fields, *table, key, raw.where, {}, scope));
}

Value keys(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (raw.as<std::shared_ptr<const KeyTrace>>()) return with(raw, Table{{"trace", raw}});
  const auto* table = raw.as<Table>();
  const Value* trace = table ? find(*table, "trace") : nullptr;
  if (!trace) return record(param, key_fields(), raw, key, scope);
  for (const auto& [name, value] : *table)
    if (name != "trace") scope.add(value.key_where, below(key, name), "must be left out: a trace stands alone");
  if (!trace->as<std::string>() && !trace->as<std::shared_ptr<const KeyTrace>>())
    return refuse({.name = "trace"}, *trace, below(key, "trace"), scope);
  return with(raw, Table{{"trace", *trace}});
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

/// States that take turns, each a rate (relative: the mean of all is the workload's) and the mean time it stays.
Value mmpp(const Value& raw, const Value& states, const std::string& key, const Scope& scope) {
  static const std::vector<Param> fields = {
      {.name = "rates",
       .type = Type::list,
       .required = true,
       .lo = 2,
       .hi = 100,
       .fields = {{.name = "rate", .type = Type::number, .lo = 0, .hi = 1e9}}},
      {.name = "stays",
       .type = Type::list,
       .required = true,
       .lo = 2,
       .hi = 100,
       .fields = {{.name = "stay", .type = Type::duration, .lo = 1e-3, .hi = 1e8}}},
  };
  const std::size_t before = scope.problems.size();
  Value value = record({.name = "mmpp", .type = Type::record}, fields, states, key, scope);
  if (scope.problems.size() > before) return {};
  const auto& table = std::get<Table>(value.data);
  const auto& rates = std::get<List>(find(table, "rates")->data);
  const auto& stays = std::get<List>(find(table, "stays")->data);
  const bool any = std::any_of(rates.begin(), rates.end(), [](const Value& rate) { return *rate.as<double>() > 0; });
  if (rates.size() != stays.size())
    scope.add(states.where, key, "needs as many stays as rates");
  else if (!any)
    scope.add(states.where, key, "needs a rate above 0");
  else
    return with(raw, Table{{"mmpp", std::move(value)}});
  return {};
}

Value rate_series(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  if (raw.as<std::string>()) return raw;
  return raw.as<List>() && !raw.as<List>()->empty() ? list(param, raw, key, scope) : refuse(param, raw, key, scope);
}

Value distribution(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  std::optional<core::Distribution> read = parse_distribution(raw, key, scope.problems);
  if (!read) return {};
  if ((param.lo && read->mean() < *param.lo) || (param.hi && read->mean() > *param.hi)) {
    scope.add(raw.where, key,
              fmt::format("a mean of {} is outside the range: {}", spelled_duration(read->mean()), allowed(param)));
    return {};
  }
  return with(raw, std::move(*read));
}

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
      return measured<double>(param, raw, key, scope, core::parse_ratio, 1);
    case Type::duration:
      return measured<core::Nanos>(param, raw, key, scope, core::parse_duration, 1e9);
    case Type::bytes:
      return measured<std::int64_t>(param, raw, key, scope, core::parse_bytes, 1);
    case Type::rate:
      return measured<double>(param, raw, key, scope, core::parse_rate, 1);
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

Params resolve(const Spec& spec, const Table& raw, const std::string& path, const core::Position& where,
               std::vector<core::Problem>& problems) {
  const Scope scope{problems, "capplan describe " + spec.path()};
  const std::string owner =
      spec.kind.empty() ? fmt::format(" for [{}]", spec.section) : fmt::format(" for kind \"{}\"", spec.kind);
  const std::size_t before = problems.size();
  Params params(complete(spec.params, raw, path, where, owner, scope));
  if (spec.check != nullptr && problems.size() == before) spec.check(params, path, problems);
  return params;
}

Value resolve(const Param& param, const Value& raw, const std::string& key, std::vector<core::Problem>& problems) {
  return resolved(param, raw, key, {problems, {}});
}

}  // namespace capplan::models
