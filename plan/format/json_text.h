#pragma once
// JSON as text, for every reader and writer of it: read with one limit on how deep it nests, and written with lists of
// numbers on one line. Limits: 256 levels; deeper text is refused before it is parsed, as a hundred thousand levels
// take gigabytes, and what walks them by recursion takes the whole stack.

#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/whole_number.h"

namespace capplan::plan {

inline constexpr int deepest_json = 256;

/// Whether brackets nest deeper than that.
bool nests_too_deep(std::string_view text);

/// The JSON of a text, or a discarded one where it is none or nests too deep.
template <class Json = nlohmann::ordered_json>
Json json_or_discarded(std::string_view text) {
  return nests_too_deep(text) ? Json(nlohmann::detail::value_t::discarded)
                              : Json::parse(text.begin(), text.end(), nullptr, false);
}

/// The JSON of a text. Throws std::invalid_argument or the parser's exception; says_why() of either is a sentence's
/// end.
template <class Json = nlohmann::ordered_json>
Json parse_json(std::string_view text) {
  if (nests_too_deep(text)) throw std::invalid_argument("nests deeper than 256 levels: capplan writes no such JSON");
  return Json::parse(text.begin(), text.end());
}

/// What an exception of the parser says, without its own name and number in front.
std::string says_why(const std::exception& error);

/// A whole number that the type holds. Throws std::invalid_argument for any other value.
template <std::integral Integer, class Json>
Integer whole(const Json& json) {
  std::optional<Integer> number;
  if (json.is_number_unsigned() && std::in_range<Integer>(json.template get<std::uint64_t>()))
    number = static_cast<Integer>(json.template get<std::uint64_t>());
  else if (json.is_number_integer() && !json.is_number_unsigned() &&
           std::in_range<Integer>(json.template get<std::int64_t>()))
    number = static_cast<Integer>(json.template get<std::int64_t>());
  else if (json.is_number_float())
    number = core::whole_number<Integer>(json.template get<double>());
  if (!number) throw std::invalid_argument("holds " + json.dump() + " where a whole number must stand");
  return *number;
}

/// On lines of their own, `indent` deep, lists of numbers on one; or all on one line for `indent` < 0. Text that is not
/// UTF-8 is replaced.
std::string written(const nlohmann::ordered_json& json, int indent);

}  // namespace capplan::plan
