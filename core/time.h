#pragma once
// Simulated time: a 64-bit count of nanoseconds, for instants and spans alike. It holds 292 years, and sums of it are
// exact, so that runs repeat to the byte.

#include <cmath>
#include <cstdint>
#include <limits>

namespace capplan::core {

using Nanos = std::int64_t;

inline constexpr Nanos microsecond = 1'000;
inline constexpr Nanos millisecond = 1'000'000;
inline constexpr Nanos second = 1'000'000'000;
/// Later than any event: the deadline of what has none.
inline constexpr Nanos never = std::numeric_limits<Nanos>::max();

/// Seconds to nanoseconds, rounded to the nearest; a span beyond 146 years is cut to it, a negative one to zero.
inline Nanos to_nanos(double seconds) {
  constexpr double longest = 4.6e18;
  const double nanos = seconds * 1e9;
  if (!(nanos > 0)) return 0;
  return static_cast<Nanos>(nanos < longest ? nanos + 0.5 : longest);
}

inline double to_seconds(Nanos nanos) { return static_cast<double>(nanos) * 1e-9; }

}  // namespace capplan::core
