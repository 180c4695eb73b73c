#pragma once
// From a number of any size to an integer: a plain cast of one that does not fit is undefined. Limits: fractions are
// refused, not rounded.

#include <concepts>
#include <limits>
#include <optional>

namespace capplan::core {

/// The number as an integer of that type; nothing for a fraction, for one that does not fit, or for no number at all.
template <std::integral Integer>
constexpr std::optional<Integer> whole_number(double x) {
  constexpr double least = static_cast<double>(std::numeric_limits<Integer>::min());
  constexpr double half = static_cast<double>(std::numeric_limits<Integer>::max() / 2 + 1);  // a power of two: exact
  if (!(x >= least && x < 2 * half)) return std::nullopt;
  const auto result = static_cast<Integer>(x);
  if (static_cast<double>(result) != x) return std::nullopt;
  return result;
}

}  // namespace capplan::core
