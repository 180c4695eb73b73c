#pragma once
// Quantities as people write them, with postgresql.conf's units: `us ms s min h d`, `B kB MB GB TB` (x 1024; KiB, MiB …
// are synonyms), rates `200/s`, `50/1s`, `12k/min`, shares `0.1%`. One parser serves the scenario file, flags and
// Python.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace capplan::core {

/// A parsed quantity, or in `error` why the text is none (with the remedy, for people).
template <class T>
struct Parsed {
  T value{};
  std::string error;
  explicit operator bool() const { return error.empty(); }
};

Parsed<Nanos> parse_duration(std::string_view text);      ///< "1h30min", "400us", "0"; negative is refused
Parsed<double> parse_seconds(std::string_view text);      ///< the same in seconds, not rounded to a nanosecond
Parsed<std::int64_t> parse_bytes(std::string_view text);  ///< "8GB" = 8 * 2^30
Parsed<double> parse_rate(std::string_view text);         ///< per second: "12k/min" = 200
Parsed<double> parse_ratio(std::string_view text);        ///< "0.1%" = 0.001, "0.25" = 0.25

std::string format_duration(double seconds);  ///< three significant digits: "41.2 ms"
std::string format_bytes(double bytes);       ///< "8.00 GB"
std::string format_rate(double per_second);   ///< "1.25k/s"
std::string format_ratio(double ratio);       ///< "12.5 %"
std::string format_count(double value);       ///< three significant digits, k and M above 10,000

/// The shortest exact spelling that parse_duration reads back: "1500us", "2min".
std::string exact_duration(Nanos span);
/// The same for parse_bytes: "8GB".
std::string exact_bytes(std::int64_t bytes);

}  // namespace capplan::core
