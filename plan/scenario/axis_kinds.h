#pragma once
// The ways to write the values of an axis besides a plain list. Each is a file that says its form, whether a text is
// meant as one, and how it becomes values; and a line in axis_kinds.cpp.

#include <span>
#include <string>
#include <string_view>

#include "models/spec/value.h"

namespace capplan::plan {

struct AxisKind {
  const char* form;  ///< as help shows it: "KEY=lo..hi:n"
  /// Whether a text is meant as one; called with texts of flags, where a list has commas.
  bool (*reads)(std::string_view text);
  /// Appends the values that a text stands for, at the position of `source`; or returns what is wrong with it.
  std::string (*expand)(std::string_view text, const models::Value& source, models::List& values);
};

/// Every kind; the first is what a text in [sweep] is taken for that none reads.
std::span<const AxisKind> axis_kinds();

/// At most that many values an axis.
inline constexpr int most_axis_values = 10'000;

}  // namespace capplan::plan
