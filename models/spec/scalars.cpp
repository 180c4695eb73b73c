// Values of one number, word or distribution: converted to base units, and held against the parameter's range.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "models/spec/distribution_value.h"
#include "models/spec/resolving.h"

namespace capplan::models::resolving {

namespace {

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

}  // namespace

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

Value ratio(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  return measured<double>(param, raw, key, scope, core::parse_ratio, 1);
}

Value duration(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  return measured<core::Nanos>(param, raw, key, scope, core::parse_duration, 1e9);
}

Value bytes(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  return measured<std::int64_t>(param, raw, key, scope, core::parse_bytes, 1);
}

Value rate(const Param& param, const Value& raw, const std::string& key, const Scope& scope) {
  return measured<double>(param, raw, key, scope, core::parse_rate, 1);
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

}  // namespace capplan::models::resolving
