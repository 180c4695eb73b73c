#include "plan/report/example_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace capplan::plan {

namespace {

using models::Param;
using models::Spec;
using models::Type;

/// The name that examples give to a section of each kind, so that they fit together.
std::string example_name(const std::string& section) {
  static const std::map<std::string, std::string> names = {
      {"server", "primary"}, {"bouncer", "main"},   {"pool", "app"},     {"cache", "memory"},
      {"query", "lookup"},   {"request", "search"}, {"workload", "api"}, {"scenario", ""},
      {"index", "chunks"},   {"call", "embed"},     {"job", "reindex"},  {"batch", "events"},
      {"workers", "celery"}, {"container", "api"},  {"web", "nginx"},    {"http_pool", "remote"}};
  const auto found = names.find(section);
  return found == names.end() ? "example" : found->second;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string example_value(const Param& param);

std::string example_record(const std::vector<Param>& fields) {
  std::string text;
  for (const Param& field : fields)
    if (field.required) text += (text.empty() ? "" : ", ") + field.name + " = " + example_value(field);
  return text.empty() ? "{}" : "{ " + text + " }";
}

/// A record of a list: what it requires, or the first of what it may be.
std::string example_element(const std::vector<Param>& fields) {
  const bool any = std::any_of(fields.begin(), fields.end(), [](const Param& field) { return field.required; });
  return any ? example_record(fields) : "{ " + fields.front().name + " = " + example_value(fields.front()) + " }";
}

/// Something to put where nothing is assumed.
std::string example_value(const Param& param) {
  if (!param.fallback.empty()) return fallback_text(param);
  const std::string named = param.choices.empty() ? "" : example_name(param.choices.front());
  switch (param.type) {
    case Type::flag:
      return "true";
    case Type::count:
      return fmt::format("{:.0f}", std::max(param.lo.value_or(1), 1.0));
    case Type::number:
      return "1.0";
    case Type::count_or_share:
    case Type::ratio:
      return quoted("10%");
    case Type::duration:
      return quoted("1s");
    case Type::bytes:
      return quoted("1GB");
    case Type::rate:
      return quoted("100/s");
    case Type::text:
      return quoted("text");
    case Type::choice:
      return quoted(param.choices.empty() ? "" : param.choices.front());
    case Type::reference:
      return quoted(named);
    case Type::distribution:
      return quoted("2ms");
    case Type::arrivals:
      return quoted("poisson");
    case Type::keys:
      return "{ zipf = 0.9, count = 1_000_000 }";
    case Type::rate_series:
      return quoted("rates.csv");
    case Type::record:
      return example_record(param.fields);
    case Type::list:
      return "[" + (param.list_of_records ? example_element(param.fields) : example_value(param.fields.at(0))) + "]";
    case Type::mix:
      return "{ " + named + " = 1 }";
    case Type::capture:
      return quoted("capture.toml");
    case Type::index_law:
      return quoted("calibrated.toml");
  }
  return {};
}

}  // namespace

std::string fallback_text(const models::Param& param) {
  const std::string& text = param.fallback;
  if (text.empty()) return {};
  const bool bare = param.type == Type::flag || param.type == Type::count || param.type == Type::number ||
                    text[0] == '{' || text[0] == '[' || text[0] == '"';
  return bare ? text : quoted(text);
}

std::string example_section(const models::Spec& spec) {
  const std::string name = example_name(spec.section);
  std::string text = "[" + spec.section + (name.empty() ? "" : "." + name) + "]\n";
  std::vector<std::pair<std::string, std::string>> lines;
  if (!spec.kind.empty()) lines.emplace_back("kind = " + quoted(spec.kind), "");
  for (const Param& param : spec.params)
    if (param.required || (param.costs && !param.fallback.empty()))
      lines.emplace_back(param.name + " = " + example_value(param), param.help);
  if (lines.empty() || spec.section == "scenario")
    for (const Param& param : spec.params)
      if (!param.fallback.empty()) lines.emplace_back(param.name + " = " + example_value(param), param.help);
  std::size_t widest = 0;
  for (const auto& [line, help] : lines) widest = std::max(widest, line.size());
  for (const auto& [line, help] : lines) {
    const bool fits = !help.empty() && widest + 4 + help.size() <= 80;
    text += line + (fits ? std::string(widest + 2 - line.size(), ' ') + "# " + help : "") + "\n";
  }
  return text;
}

}  // namespace capplan::plan
