#pragma once
// Values that no file holds yet: made by the program, to be written as TOML or resolved like what a user wrote. They
// have no position.

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "core/units.h"
#include "models/spec/value.h"

namespace capplan::plan::unwritten {

/// Any of the kinds of data that a value can hold.
template <class T>
models::Value raw(T data) {
  models::Value value;
  value.data = std::move(data);
  return value;
}

inline models::Value text(const std::string& s) { return raw(s); }

/// A number to six digits.
inline models::Value number(double x) { return raw(std::strtod(fmt::format("{:.5e}", x).c_str(), nullptr)); }

/// Seconds, spelled exactly with their unit.
inline models::Value time(double seconds) { return raw(core::exact_duration(core::to_nanos(seconds))); }

}  // namespace capplan::plan::unwritten
