#pragma once
// Where a page holds the JSON of its answer: between two marks, so that it can be read back.

#include <optional>
#include <string>
#include <string_view>

namespace capplan::plan {

inline constexpr std::string_view data_begin = "<script type=\"application/json\" id=\"capplan-data\">";
/// The same of what a page says besides (page_options.h).
inline constexpr std::string_view options_begin = "<script type=\"application/json\" id=\"capplan-page\">";
inline constexpr std::string_view data_end = "</script>";

/// The JSON of the answer that a page holds; nothing if the text is no page of ours.
std::optional<std::string> embedded_json(std::string_view page);
/// What a page says besides, as JSON; nothing if it says nothing.
std::optional<std::string> embedded_options(std::string_view page);

}  // namespace capplan::plan
