// Reading quantities. Units and their case follow postgresql.conf (PostgreSQL manual, 20.1.1 "Parameter Names and
// Values"; src/backend/utils/misc/guc.c); chained durations and rates are ours. A bare number is refused wherever a
// unit is needed, except 0. Limits: durations below 292 years, to a nanosecond; sizes below 8 EB, to a byte.

#include "core/units.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

namespace capplan::core {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;  ///< nanoseconds, or bytes
};
constexpr std::array<Unit, 6> times = {{{"us", microsecond},
                                        {"ms", millisecond},
                                        {"s", second},
                                        {"min", 60 * second},
                                        {"h", 3600 * second},
                                        {"d", 86400 * second}}};
constexpr std::array<Unit, 9> sizes = {{{"B", 1},
                                        {"kB", 1LL << 10},
                                        {"MB", 1LL << 20},
                                        {"GB", 1LL << 30},
                                        {"TB", 1LL << 40},
                                        {"KiB", 1LL << 10},
                                        {"MiB", 1LL << 20},
                                        {"GiB", 1LL << 30},
                                        {"TiB", 1LL << 40}}};

/// What people write for a unit that has another name here.
struct Alias {
  std::string_view written, unit;
};
constexpr std::array<Alias, 21> aliases = {
    {{"m", "min"},    {"mins", "min"},  {"minute", "min"}, {"minutes", "min"}, {"sec", "s"},        {"secs", "s"},
     {"second", "s"}, {"seconds", "s"}, {"msec", "ms"},    {"usec", "us"},     {"\xC2\xB5s", "us"}, {"hr", "h"},
     {"hour", "h"},   {"hours", "h"},   {"day", "d"},      {"days", "d"},      {"k", "kB"},         {"K", "kB"},
     {"M", "MB"},     {"G", "GB"},      {"T", "TB"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The text in quotes, cut where it is long; a bare number without, as it stands in a file.
std::string quoted(std::string_view text) {
  const bool bare = !text.empty() && text.size() <= 40 && text.find_first_not_of("0123456789.") == text.npos;
  if (bare) return std::string(text);
  std::string shown(text.substr(0, 40));
  for (char& c : shown)
    if (std::iscntrl(static_cast<unsigned char>(c))) c = '?';
  return fmt::format("\"{}{}\"", shown, text.size() > 40 ? "..." : "");
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Cuts a run of digits off `text`, where `_` may stand between two digits.
void take_digits(std::string_view& text, std::string& number) {
  while (!text.empty()) {
    const bool grouped =
        text.front() == '_' && text.size() > 1 && is_digit(text[1]) && !number.empty() && is_digit(number.back());
    if (!grouped && !is_digit(text.front())) return;
    if (!grouped) number += text.front();
    text.remove_prefix(1);
  }
}

/// Cuts a number off the head of `text`: digits, a fraction, an exponent. Empty if it does not start with one.
std::string take_number(std::string_view& text) {
  std::string number;
  take_digits(text, number);
  if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    if (number.empty()) number.push_back('0');
    number += '.';
    text.remove_prefix(1);
    take_digits(text, number);
  }
  const bool sign = text.size() > 2 && (text[1] == '-' || text[1] == '+');
  if (!number.empty() && text.size() > 1 && (text[0] == 'e' || text[0] == 'E') && is_digit(text[sign ? 2 : 1])) {
    number += 'e';
    if (text[1] == '-') number += '-';
    text.remove_prefix(sign ? 2 : 1);
    take_digits(text, number);
  }
  return number;
}

bool to_double(const std::string& number, double& value) {
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
  return failure == std::errc{} && end == number.data() + number.size() && std::isfinite(value);
}

/// number * factor, exact where the number is whole. False on overflow.
bool multiply(const std::string& number, std::int64_t factor, std::int64_t& product) {
  std::int64_t whole = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), whole);
  if (failure == std::errc{} && end == number.data() + number.size())
    return !__builtin_mul_overflow(whole, factor, &product);
  double real = 0;
  if (!to_double(number, real)) return false;
  real *= static_cast<double>(factor);
  if (!(real < 9.2e18)) return false;
  product = std::llround(real);
  return true;
}

std::string unit_list(std::span<const Unit> units) {
  std::string list;
  for (const Unit& unit : units)
    if (!unit.name.ends_with("iB")) list += fmt::format("{}{}", list.empty() ? "" : " ", unit.name);
  return list;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

std::string unknown_unit(std::string_view text, const std::string& number, std::string_view word,
                         std::span<const Unit> units) {
  if (word == "m" && units.data() == times.data())
    return fmt::format("{}: \"m\" is no unit; write \"{}min\" for minutes", quoted(text), number);
  for (const Alias& alias : aliases)
    if (word == alias.written && find_unit(units, alias.unit))
      return fmt::format("{}: unknown unit {}; write \"{}{}\"", quoted(text), quoted(word), number, alias.unit);
  for (const Unit& unit : units)
    if (lower(word) == lower(unit.name))
      return fmt::format("{}: units are case-sensitive; write \"{}{}\"", quoted(text), number, unit.name);
  return fmt::format("{}: unknown unit {}; the units are {}", quoted(text), quoted(word), unit_list(units));
}

/// A quantity taken apart: "1h30min" is (1, h) and (30, min); a lone zero has the first unit.
struct Part {
  std::string number;
  const Unit* unit;
};

std::string take_apart(std::string_view text, std::span<const Unit> units, std::string_view noun,
                       std::string_view example, bool chained, std::vector<Part>& parts) {
  const std::string_view all = trimmed(text);
  std::string_view rest = all;
  if (!rest.empty() && rest.front() == '-') return fmt::format("{}: a {} cannot be negative", quoted(all), noun);
  do {
    const std::string number = take_number(rest);
    if (number.empty()) return fmt::format("{} is not a {}; write it as \"{}\"", quoted(all), noun, example);
    rest = trimmed(rest);
    std::size_t length = 0;
    while (length < rest.size() && !is_digit(rest[length]) && rest[length] != ' ' && rest[length] != '.') ++length;
    const std::string_view word = rest.substr(0, length);
    rest = trimmed(rest.substr(length));
    if (word.empty()) {
      const bool zero = number.find_first_not_of("0.") == std::string::npos;
      if (!rest.empty()) return fmt::format("{} is not a {}; write it as \"{}\"", quoted(all), noun, example);
      if (!zero || !parts.empty())
        return fmt::format("{} needs a unit, as in \"{}{}\" (units: {})", quoted(all), number,
                           units.data() == times.data() ? "s" : "MB", unit_list(units));
    }
    const Unit* unit = word.empty() ? &units.front() : find_unit(units, word);
    if (!unit) return unknown_unit(all, number, word, units);
    if (!parts.empty() && (!chained || parts.back().unit->factor <= unit->factor))
      return fmt::format("{}: units must go from large to small, as in \"1h30min\"", quoted(all));
    if (!chained && !rest.empty()) return fmt::format("{} is not a {}; write it as \"{}\"", quoted(all), noun, example);
    parts.push_back({number, unit});
  } while (!rest.empty());
  return {};
}

}  // namespace

Parsed<Nanos> parse_duration(std::string_view text) {
  std::vector<Part> parts;
  Parsed<Nanos> result{0, take_apart(text, times, "duration", "30s", true, parts)};
  if (!result) return result;
  for (const Part& part : parts) {
    Nanos span = 0;
    if (!multiply(part.number, part.unit->factor, span) || __builtin_add_overflow(result.value, span, &result.value))
      return {0, fmt::format("{} is too long: 292 years are the most", quoted(text))};
  }
  return result;
}

Parsed<double> parse_seconds(std::string_view text) {
  std::vector<Part> parts;
  Parsed<double> result{0, take_apart(text, times, "duration", "30s", true, parts)};
  if (!result) return result;
  for (const Part& part : parts) {
    double number = 0;
    const double factor = static_cast<double>(part.unit->factor) / 1e9;
    const bool read = to_double(part.number, number);
    result.value += factor < 1 ? number / std::round(1 / factor) : number * factor;
    if (!read || !(result.value < 9.2e9))
      return {0, fmt::format("{} is too long: 292 years are the most", quoted(text))};
  }
  return result;
}

Parsed<std::int64_t> parse_bytes(std::string_view text) {
  std::vector<Part> parts;
  Parsed<std::int64_t> result{0, take_apart(text, sizes, "size", "8GB", false, parts)};
  if (!result) return result;
  if (!multiply(parts.front().number, parts.front().unit->factor, result.value))
    return {0, fmt::format("{} is too large: 8 million TB are the most", quoted(text))};
  return result;
}

Parsed<double> parse_rate(std::string_view text) {
  const std::string_view all = trimmed(text);
  std::string_view rest = all;
  if (!rest.empty() && rest.front() == '-') return {0, fmt::format("{}: a rate cannot be negative", quoted(all))};
  const std::string number = take_number(rest);
  double value = 0;
  if (number.empty()) return {0, fmt::format("{} is not a rate; write it as \"200/s\" or \"12k/min\"", quoted(all))};
  if (!to_double(number, value)) return {0, fmt::format("{} is too large", quoted(all))};
  if (!rest.empty() && (rest.front() == 'k' || rest.front() == 'M')) {
    value *= rest.front() == 'k' ? 1e3 : 1e6;
    rest.remove_prefix(1);
  }
  rest = trimmed(rest);
  if (rest.empty() && value == 0) return {0, {}};
  if (rest.empty()) return {0, fmt::format("{} needs a unit, as in \"{}/s\"", quoted(all), all)};
  if (rest.front() != '/')
    return {0, fmt::format("{} is not a rate; write it as \"200/s\" or \"12k/min\"", quoted(all))};
  const std::string_view per = trimmed(rest.substr(1));
  if (per.empty()) return {0, fmt::format("{} needs a unit of time, as in \"{}/s\"", quoted(all), number)};
  const bool counted = is_digit(per.front()) || per.front() == '.';
  std::string time(counted ? "" : "1");
  time.append(per);
  const Parsed<double> span = parse_seconds(time);
  if (!span) return {0, fmt::format("{}: after the slash, {}", quoted(all), span.error)};
  if (!(span.value > 0)) return {0, fmt::format("{}: the time after the slash must be above 0", quoted(all))};
  if (!(value / span.value <= 1e12)) return {0, fmt::format("{} is too large: 1e12/s is the most", quoted(all))};
  return {value / span.value, {}};
}

Parsed<double> parse_ratio(std::string_view text) {
  const std::string_view all = trimmed(text);
  std::string_view rest = all;
  if (!rest.empty() && rest.front() == '-') return {0, fmt::format("{}: a share cannot be negative", quoted(all))};
  const std::string number = take_number(rest);
  rest = trimmed(rest);
  double value = 0;
  if (number.empty() || (!rest.empty() && rest != "%"))
    return {0, fmt::format("{} is not a share; write it as \"0.1%\" or 0.001", quoted(all))};
  if (!to_double(number, value)) return {0, fmt::format("{} is too large", quoted(all))};
  return {rest.empty() ? value : value / 100, {}};
}

}  // namespace capplan::core
