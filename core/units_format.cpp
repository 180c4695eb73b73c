// Writing quantities: to three significant digits for people, or exactly, so that the readers of units.cpp give the
// same back. Limits: a negative quantity (a difference) is shown with its sign; exact spellings are of what is >= 0.

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "core/units.h"

namespace capplan::core {

namespace {

/// The number rounded to three significant digits, and the text of it.
double rounded(double x) { return std::strtod(fmt::format("{:.2e}", x).c_str(), nullptr); }

std::string three_digits(double x) {
  x = rounded(x);
  if (x == 0) return "0";
  const int decimals = 2 - static_cast<int>(std::floor(std::log10(std::abs(x)) + 1e-9));
  return fmt::format("{:.{}f}", x, decimals < 0 ? 0 : decimals);
}

/// A unit that exact spellings use.
struct Whole {
  std::int64_t size;
  const char* name;
};

struct Step {
  double size;   ///< of the unit
  double below;  ///< used for fewer of it than this
  const char* name;
};

template <std::size_t n>
std::string in_steps(double x, const std::array<Step, n>& steps) {
  if (!std::isfinite(x)) return fmt::format("{}", x);
  std::size_t i = 0;
  const auto too_many = [&](const Step& step) {
    const double count = std::abs(x) / step.size;
    return count >= step.below || rounded(count) >= step.below;  // 1024 kB are rounded to 1020
  };
  while (i + 1 < n && too_many(steps[i])) ++i;
  return three_digits(x / steps[i].size) + steps[i].name;
}

}  // namespace

std::string format_duration(double seconds) {
  if (seconds == 0) return "0 s";
  static constexpr std::array<Step, 7> steps = {{{1e-9, 1000, " ns"},
                                                 {1e-6, 1000, " us"},
                                                 {1e-3, 1000, " ms"},
                                                 {1, 120, " s"},
                                                 {60, 120, " min"},
                                                 {3600, 48, " h"},
                                                 {86400, 0, " d"}}};
  return in_steps(seconds, steps);
}

std::string format_bytes(double bytes) {
  if (std::abs(bytes) < 1024) return fmt::format("{:.0f} B", bytes);
  static constexpr std::array<Step, 4> steps = {
      {{0x1p10, 1024, " kB"}, {0x1p20, 1024, " MB"}, {0x1p30, 1024, " GB"}, {0x1p40, 0, " TB"}}};
  return in_steps(bytes, steps);
}

std::string format_rate(double per_second) {
  static constexpr std::array<Step, 3> steps = {{{1, 1000, "/s"}, {1e3, 1000, "k/s"}, {1e6, 0, "M/s"}}};
  return in_steps(per_second, steps);
}

std::string format_ratio(double ratio) {
  return std::isfinite(ratio) ? three_digits(ratio * 100) + " %" : fmt::format("{}", ratio);
}

std::string format_count(double value) {
  if (std::abs(value) < 10'000 && value == std::floor(value)) return fmt::format("{:.0f}", value);
  static constexpr std::array<Step, 3> steps = {{{1, 10'000, ""}, {1e3, 1000, "k"}, {1e6, 0, "M"}}};
  return in_steps(value, steps);
}

std::string exact_duration(Nanos span) {
  if (span <= 0) return "0";
  static constexpr std::array<Whole, 6> units = {{{86400 * second, "d"},
                                                  {3600 * second, "h"},
                                                  {60 * second, "min"},
                                                  {second, "s"},
                                                  {millisecond, "ms"},
                                                  {microsecond, "us"}}};
  for (const Whole& unit : units)
    if (span % unit.size == 0) return fmt::format("{}{}", span / unit.size, unit.name);
  std::string fraction = fmt::format("{:03}", span % 1000);
  while (fraction.back() == '0') fraction.pop_back();
  return fmt::format("{}.{}us", span / 1000, fraction);
}

std::string exact_bytes(std::int64_t bytes) {
  if (bytes <= 0) return "0";
  static constexpr std::array<Whole, 4> units = {
      {{1LL << 40, "TB"}, {1LL << 30, "GB"}, {1LL << 20, "MB"}, {1LL << 10, "kB"}}};
  for (const Whole& unit : units)
    if (bytes % unit.size == 0) return fmt::format("{}{}", bytes / unit.size, unit.name);
  return fmt::format("{}B", bytes);
}

}  // namespace capplan::core
