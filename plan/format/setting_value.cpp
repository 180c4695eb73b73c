#include "plan/format/setting_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/units.h"
#include "models/catalog.h"
#include "plan/format/unwritten.h"

namespace capplan::plan {

namespace {

using models::Param;
using models::Type;
using models::Value;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Redis: 1k is 1000 bytes, 1kb 1024, in any case.
std::optional<double> redis_bytes(const std::string& written) {
  const std::string text = lower(written);
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = number_of(text.substr(0, end));
  if (!number) return std::nullopt;
  constexpr struct {
    const char* unit;
    double one;
  } units[] = {{"", 1},    {"b", 1},          {"k", 1e3}, {"kb", 1024.0},
               {"m", 1e6}, {"mb", 1048576.0}, {"g", 1e9}, {"gb", 1073741824.0}};
  for (const auto& unit : units)
    if (text.substr(end) == unit.unit) return *number * unit.one;
  return std::nullopt;
}

/// A value of one parameter in base units, and as a scenario spells it.
struct Spelled {
  double base = 0;
  Value value;
};

/// "8GB", "8 GB", or a bare number of the setting's own unit, such as 16384 pages of "8kB".
std::optional<Spelled> bytes(const KnownSetting& setting, SettingsDialect dialect, std::string text) {
  double amount = 0;
  if (dialect == SettingsDialect::redis_conf) {
    const auto parsed = redis_bytes(text);
    if (!parsed) return std::nullopt;
    amount = *parsed;
  } else if (const auto number = number_of(text)) {
    const double unit = *setting.unit == 0
                            ? 1
                            : static_cast<double>(core::parse_bytes(setting.unit[0] >= '0' && setting.unit[0] <= '9'
                                                                        ? setting.unit
                                                                        : std::string("1") + setting.unit)
                                                      .value);
    amount = *number * unit;
  } else {
    std::erase(text, ' ');
    const auto parsed = core::parse_bytes(text);
    if (!parsed) return std::nullopt;
    amount = static_cast<double>(parsed.value);
  }
  if (!(std::fabs(amount) < 9e15)) return std::nullopt;
  return Spelled{amount, amount < 0 ? Value{} : unwritten::text(core::exact_bytes(std::llround(amount)))};
}

std::optional<Spelled> span(const KnownSetting& setting, std::string text) {
  double seconds = 0;
  if (const auto number = number_of(text)) {
    seconds = *number * core::parse_seconds(std::string("1") + (*setting.unit != 0 ? setting.unit : "s")).value;
  } else {
    std::erase(text, ' ');
    const auto parsed = core::parse_seconds(text);
    if (!parsed) return std::nullopt;
    seconds = parsed.value;
  }
  if (!(std::fabs(seconds) < 9e9)) return std::nullopt;
  return Spelled{seconds, seconds < 0 ? Value{} : unwritten::time(seconds)};
}

std::optional<Spelled> flag(const std::string& written) {
  const std::string text = lower(written);
  for (const char* word : {"on", "true", "yes", "1"})
    if (text == word) return Spelled{1, unwritten::raw(true)};
  for (const char* word : {"off", "false", "no", "0"})
    if (text == word) return Spelled{0, unwritten::raw(false)};
  return std::nullopt;
}

std::optional<Spelled> spelled(const KnownSetting& setting, const Param& param, SettingsDialect dialect,
                               const std::string& text) {
  const auto number = number_of(text);
  switch (param.type) {
    case Type::flag:
      return flag(text);
    case Type::count:
      if (!number || *number != std::floor(*number) || std::fabs(*number) > 9e15) return std::nullopt;
      return Spelled{*number, unwritten::raw(static_cast<std::int64_t>(*number))};
    case Type::number:
    case Type::ratio:
      if (!number) return std::nullopt;
      return Spelled{*number, unwritten::raw(*number)};
    case Type::bytes:
      return bytes(setting, dialect, text);
    case Type::duration:
      return span(setting, text);
    default:
      return Spelled{0, unwritten::text(text)};
  }
}

/// Each that is known has one.
const Param& param_of(SettingsDialect dialect, const KnownSetting& setting) {
  const models::Spec& spec = *models::find_spec(section_of(dialect), kind_of(dialect));
  return *std::find_if(spec.params.begin(), spec.params.end(),
                       [&](const Param& param) { return param.name == setting.parameter; });
}

/// What is wrong with a value; empty if the real system and the model both take it.
std::string refusal(const KnownSetting& setting, const Param& param, const Spelled& value, const std::string& text) {
  const bool ordered = param.type != Type::choice && param.type != Type::text;
  if (ordered && (value.base < setting.lo || value.base > setting.hi))
    return fmt::format("{} is out of the range that {} accepts", text, setting.name);
  std::vector<core::Problem> problems;
  models::resolve(param, value.value, setting.name, problems);
  return problems.empty() ? "" : fmt::format("{}: {}", text, problems.front().what);
}

}  // namespace

TakenSetting take_setting(SettingsDialect dialect, const KnownSetting& setting, const std::string& text) {
  const Param& param = param_of(dialect, setting);
  std::optional<Spelled> value = spelled(setting, param, dialect, text);
  if (!value) return {{}, fmt::format("'{}' is no {}", text, models::type_name(param))};
  if (value->base < 0 && value->base >= setting.lo) return {};
  std::string why = refusal(setting, param, *value, text);
  if (!why.empty()) return {{}, std::move(why)};
  return {std::move(value->value), {}};
}

}  // namespace capplan::plan
