// Reading the parameters that a spec has checked, and saying in words what a parameter is. The components trust what
// they read here: a name or type that the spec does not have is a mistake in the program, not in the input.

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "core/units.h"
#include "models/spec/spec.h"

namespace capplan::models {

namespace {

template <class T>
const T& get(const Value& value, const std::string& name, const char* type) {
  const T* found = value.as<T>();
  if (!found) throw std::logic_error("parameter " + name + " is not of type " + type);
  return *found;
}

/// A bound in the unit of the parameter, as a scenario file would spell it.
std::string bound(const Param& param, double x) {
  switch (param.type) {
    case Type::duration:
    case Type::distribution:
      return core::exact_duration(core::to_nanos(x));
    case Type::bytes:
      return core::exact_bytes(std::llround(x));
    case Type::rate:
      return fmt::format("{}/s", x);
    case Type::ratio:
      return fmt::format("{:.10g}%", x * 100);
    default:
      return std::abs(x) < 1e15 && x == std::floor(x) ? fmt::format("{:.0f}", x) : fmt::format("{}", x);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

std::string figure_group(const std::string& section) {
  if (section == "query") return "queries";
  if (section.ends_with('s')) return section;
  return section + (section.ends_with('x') || section.ends_with("ch") ? "es" : "s");
}

bool Params::has(const std::string& name) const {
  const Value* found = find(values_, name);
  return found && !found->empty();
}

const Value& Params::value(const std::string& name) const {
  const Value* found = find(values_, name);
  if (!found) throw std::logic_error("no parameter " + name);
  return *found;
}

bool Params::flag(const std::string& name) const { return get<bool>(value(name), name, "flag"); }

std::int64_t Params::count(const std::string& name) const { return get<std::int64_t>(value(name), name, "count"); }

std::int64_t Params::count(const std::string& name, std::int64_t whole) const {
  const auto* share = value(name).as<double>();
  return share ? std::llround(*share * static_cast<double>(whole)) : count(name);
}

double Params::number(const std::string& name) const { return get<double>(value(name), name, "number"); }

core::Nanos Params::duration(const std::string& name) const { return get<std::int64_t>(value(name), name, "duration"); }

std::int64_t Params::bytes(const std::string& name) const { return get<std::int64_t>(value(name), name, "bytes"); }

const std::string& Params::text(const std::string& name) const { return get<std::string>(value(name), name, "text"); }

const core::Distribution& Params::distribution(const std::string& name) const {
  return get<core::Distribution>(value(name), name, "distribution");
}

Params Params::record(const std::string& name) const { return Params(table(name)); }

const List& Params::list(const std::string& name) const { return get<List>(value(name), name, "list"); }

const Table& Params::table(const std::string& name) const { return get<Table>(value(name), name, "table"); }

const std::shared_ptr<const ArrivalTrace>& Params::trace(const std::string& name) const {
  return get<std::shared_ptr<const ArrivalTrace>>(value(name), name, "capture");
}

const std::shared_ptr<const IndexCosts>& Params::index_costs(const std::string& name) const {
  return get<std::shared_ptr<const IndexCosts>>(value(name), name, "index law");
}

const std::shared_ptr<const KeyTrace>& Params::key_trace(const std::string& name) const {
  return get<std::shared_ptr<const KeyTrace>>(value(name), name, "keys");
}

std::string allowed(const Param& param) {
  if (param.type == Type::flag) return "true or false";
  if (param.type == Type::choice) return "one of " + joined(param.choices);
  if (param.type == Type::reference) return "the name of a " + joined(param.choices);
  const char* of_what = param.type == Type::list ? " elements" : "";
  if (param.lo && param.hi) return fmt::format("{}..{}{}", bound(param, *param.lo), bound(param, *param.hi), of_what);
  if (param.lo) return fmt::format("at least {}{}", bound(param, *param.lo), of_what);
  if (param.hi) return fmt::format("at most {}{}", bound(param, *param.hi), of_what);
  return {};
}

std::string type_name(const Param& param) {
  switch (param.type) {
    case Type::flag:
      return "flag";
    case Type::count:
      return "whole number";
    case Type::count_or_share:
      return "whole number or share";
    case Type::number:
      return "number";
    case Type::ratio:
      return "share";
    case Type::duration:
      return "duration";
    case Type::bytes:
      return "size";
    case Type::rate:
      return "rate";
    case Type::text:
      return "text";
    case Type::choice:
      return "choice";
    case Type::reference:
      return "reference";
    case Type::distribution:
      return "time distribution";
    case Type::arrivals:
      return "arrivals";
    case Type::keys:
      return "keys";
    case Type::rate_series:
      return "rates over time";
    case Type::record:
      return "table";
    case Type::list:
      return param.list_of_records ? "list of tables" : "list";
    case Type::mix:
      return "weights by name";
    case Type::capture:
      return "capture manifest";
    case Type::index_law:
      return "calibration";
  }
  return {};
}

}  // namespace capplan::models
