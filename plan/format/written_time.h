#pragma once
// Times as logs write them, to the nanosecond and without the rounding of a double.
// Source: ISO 8601, and PostgreSQL's log_time (%m: "2026-11-20 04:22:45.647 UTC"). Limits: years 1900 to 2261; the
// names of zones are not looked up; leap seconds are read as the second after.

#include <optional>
#include <string_view>

#include "core/time.h"

namespace capplan::plan {

/// An instant as written. A time of day with no zone, or with a zone that is a name, counts as if it were UTC.
struct WrittenTime {
  core::Nanos at = 0;     ///< since 1970
  std::string_view zone;  ///< as written after the time: "UTC", "CEST", "Z", "+02:00"; may be empty
};

/// "2026-11-20 04:22:45.647 UTC", "2026-11-20T04:22:45,647+01:00"; nothing for any other text.
std::optional<WrittenTime> parse_written_time(std::string_view text);

/// A decimal number of `unit`s ("5.720" of a millisecond), or one with an exponent; nothing for any other text, below 0
/// or beyond 292 years. What is below a nanosecond is cut off.
std::optional<core::Nanos> parse_decimal_time(std::string_view text, core::Nanos unit);

}  // namespace capplan::plan
