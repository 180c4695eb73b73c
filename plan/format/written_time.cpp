// Times of logs. Source of the count of days: Howard Hinnant's civil calendar, as in C++20's <chrono>.
// Limits: see written_time.h.

#include "plan/format/written_time.h"

#include <cctype>
#include <charconv>
#include <chrono>

namespace capplan::plan {

namespace {

using core::Nanos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes `digits` digits off the front, or says -1.
int take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return -1;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The digits of a fraction as parts of `unit`; those too small to count are passed over.
Nanos take_fraction(std::string_view& text, Nanos unit) {
  Nanos sum = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) sum += (text.front() - '0') * (unit /= 10);
  return sum;
}

/// "+02", "-03:30", "+0530" as nanoseconds; nothing if it is no such offset.
std::optional<Nanos> offset_of(std::string_view zone) {
  const bool west = !zone.empty() && zone.front() == '-';
  if (!west && (zone.empty() || zone.front() != '+')) return std::nullopt;
  zone.remove_prefix(1);
  const int hours = take_digits(zone, 2);
  take(zone, ':');
  const int minutes = zone.empty() ? 0 : take_digits(zone, 2);
  if (hours < 0 || minutes < 0 || !zone.empty()) return std::nullopt;
  return (west ? -1 : 1) * (hours * 60 + minutes) * 60 * core::second;
}

}  // namespace

std::optional<WrittenTime> parse_written_time(std::string_view text) {
  const int year = take_digits(text, 4);
  if (!take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (!take(text, '-')) return std::nullopt;
  const int day = take_digits(text, 2);
  if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  Nanos fraction = 0;
  if (take(text, '.') || take(text, ',')) {
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    fraction = take_fraction(text, core::second);
  }
  if (year < 1900 || year > 2261 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (month < 0 || day < 0 || !date.ok()) return std::nullopt;
  const Nanos days = std::chrono::sys_days(date).time_since_epoch().count();
  while (take(text, ' ')) {}
  WrittenTime written{((days * 24 + hour) * 60 + minute) * 60 * core::second + second * core::second + fraction, text};
  for (const char c : text)
    if (c <= ' ' || c == ',' || c == '"') return std::nullopt;
  if (const auto offset = offset_of(text))
    written.at -= *offset;
  else if (!text.empty() && !std::isalpha(static_cast<unsigned char>(text.front())))
    return std::nullopt;
  return written;
}

std::optional<Nanos> parse_decimal_time(std::string_view text, Nanos unit) {
  const std::string_view whole_text = text;
  Nanos whole = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (failure != std::errc{} || whole < 0 || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const Nanos fraction = take(text, '.') ? take_fraction(text, unit) : 0;
  if (text.empty()) {
    if (whole > (core::never - unit) / unit) return std::nullopt;
    return whole * unit + fraction;
  }
  double number = 0;
  const auto parsed = std::from_chars(whole_text.data(), whole_text.data() + whole_text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != whole_text.data() + whole_text.size()) return std::nullopt;
  const double nanos = number * static_cast<double>(unit);
  if (!(nanos >= 0 && nanos < 9.2e18)) return std::nullopt;
  return static_cast<Nanos>(nanos);
}

}  // namespace capplan::plan
