// What is said of a value that is not what its parameter wants.

#include <fmt/format.h>

#include "models/spec/resolving.h"

namespace capplan::models::resolving {

std::string below(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

std::string shown(const Value& raw) {
  if (const auto* flag = raw.as<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = raw.as<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto* real = raw.as<double>()) return fmt::format("{}", *real);
  if (const auto* text = raw.as<std::string>())
    return fmt::format("\"{}{}\"", text->substr(0, 40), text->size() > 40 ? "..." : "");
  return raw.as<List>() ? "a list" : "a table";
}

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

}  // namespace capplan::models::resolving
