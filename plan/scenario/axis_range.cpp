// Ranges: `lo..hi:n` evenly spaced, `lo..hi:n:log` evenly spaced in ratio. The values between the bounds are rounded to
// a thousandth of the distance to their neighbour, so that they read well ("166.7/s"); the bounds stay as written.
// Bounds in different units (512MB..4GB) meet in the first one. Limits: what is in `lo..hi` must be numbers with at
// most one unit each; log needs bounds above 0.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/units.h"
#include "plan/scenario/axis_kinds.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Value;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// A number and what follows it: "50/s" is (50, "/s").
struct Bound {
  double number = 0;
  std::string unit, text;
  bool read = false;
};

Bound read_bound(std::string_view text) {
  text = trimmed(text);
  Bound bound;
  bound.text = std::string(text);
  std::string digits;
  std::size_t i = 0;
  for (; i < text.size() &&
         ((text[i] >= '0' && text[i] <= '9') || text[i] == '.' || text[i] == '_' || (i == 0 && text[i] == '-'));
       ++i)
    if (text[i] != '_') digits += text[i];
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bound.number);
  bound.read = failure == std::errc{} && end == digits.data() + digits.size() && std::isfinite(bound.number);
  bound.unit = std::string(trimmed(text.substr(i)));
  const bool chained = bound.unit.find_first_of("0123456789") != std::string::npos;
  if (chained && bound.unit.find('/') == std::string::npos) bound.read = false;  // as in "1h30min"
  return bound;
}

/// Brings bounds of different units to the first one's, or to the second's where the first is zero.
bool meet(Bound& lo, Bound& hi) {
  const auto same = [&](auto parse) {
    const auto a = parse(lo.text), b = parse(hi.text);
    if (!a || !b) return false;
    if (lo.number == 0) {
      lo.unit = hi.unit;
    } else {
      hi.number = static_cast<double>(b.value) / static_cast<double>(a.value) * lo.number;
      hi.unit = lo.unit;
    }
    return true;
  };
  return same(core::parse_bytes) || same(core::parse_duration) || same(core::parse_rate) || same(core::parse_ratio);
}

/// `x` rounded to a thousandth of `gap`, spelled without an exponent.
std::string spelled(double x, double gap) {
  if (!(gap > 0)) return fmt::format("{}", x);
  const int places = 3 - static_cast<int>(std::floor(std::log10(gap)));
  if (places <= 0) {
    const double step = std::pow(10.0, -places);
    return fmt::format("{:.0f}", std::round(x / step) * step);
  }
  std::string text = fmt::format("{:.{}f}", x, std::min(places, 300));
  if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// A plain number: whole where it has no fraction.
Value::Data plain_number(const std::string& text) {
  std::string digits = text;
  std::erase(digits, '_');
  std::int64_t whole = 0;
  const char* last = digits.data() + digits.size();
  if (const auto [end, failure] = std::from_chars(digits.data(), last, whole); failure == std::errc{} && end == last)
    return whole;
  double real = 0;
  std::from_chars(digits.data(), last, real);
  return real;
}

std::string expand(std::string_view text, const Value& source, List& values) {
  std::string_view rest = trimmed(text);
  const bool log = rest.ends_with(":log");
  if (log) rest.remove_suffix(4);
  const std::size_t dots = rest.find(".."), colon = rest.rfind(':');
  if (dots == std::string_view::npos || colon == std::string_view::npos || colon < dots)
    return fmt::format("\"{}\" is not a range; write lo..hi:n or lo..hi:n:log, as in \"50/s..400/s:8\"", text);
  Bound lo = read_bound(rest.substr(0, dots)), hi = read_bound(rest.substr(dots + 2, colon - dots - 2));
  const std::string_view number = trimmed(rest.substr(colon + 1));
  int n = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), n);
  if (failure == std::errc::result_out_of_range || n > most_axis_values)
    return fmt::format("{} values; an axis has at most 10,000", number);
  if (failure != std::errc{} || end != number.data() + number.size() || n < 2)
    return fmt::format("\"{}\" must say how many values it has, 2 or more, as in \"50/s..400/s:8\"", text);
  if (!lo.read || !hi.read) return fmt::format("\"{}\": a bound must be a number with at most one unit", text);
  if (lo.unit.empty() && !hi.unit.empty()) lo.text += lo.unit = hi.unit;
  const bool same_unit = lo.unit == hi.unit;
  if (!same_unit && !meet(lo, hi)) return fmt::format("\"{}\": the bounds have no unit in common", text);
  if (!(lo.number < hi.number)) return fmt::format("\"{}\": the first bound must be below the second", text);
  if (log && !(lo.number > 0)) return fmt::format("\"{}\": log needs bounds above 0", text);
  if (!std::isfinite(hi.number - lo.number)) return fmt::format("\"{}\" is too wide", text);
  const auto at = [&](int i) {
    const double part = static_cast<double>(i) / (n - 1);
    return log ? lo.number * std::pow(hi.number / lo.number, part) : lo.number + part * (hi.number - lo.number);
  };
  for (int i = 0; i < n; ++i) {
    std::string spelling = i == 0 ? lo.text : i == n - 1 ? hi.text : std::string();
    if (spelling.empty()) spelling = spelled(at(i), at(i) - at(i - 1)) + lo.unit;
    Value value{spelling, source.where, source.key_where, false, "range"};
    if (lo.unit.empty()) value.data = plain_number(spelling);
    values.push_back(std::move(value));
  }
  return {};
}

bool is_range(std::string_view text) {
  const std::size_t dots = text.find(".."), colon = text.find(':');
  return dots != std::string_view::npos && colon != std::string_view::npos && dots < colon &&
         text.find_first_of("\"'[{,") == std::string_view::npos;
}

}  // namespace

extern const AxisKind range_axis;
const AxisKind range_axis = {"KEY=lo..hi:n or KEY=lo..hi:n:log", is_range, expand};

}  // namespace capplan::plan
