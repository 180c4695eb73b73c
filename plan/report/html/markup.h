#pragma once
// Text as HTML. Every text that came from an input passes through here: names in a scenario are anybody's words.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/format/text_layout.h"

namespace capplan::plan {

/// Safe between tags and within quoted attributes; without control characters.
std::string escaped(std::string_view text);

/// JSON that may stand in a <script> element: "<" is spelled \u003c, which means the same.
std::string for_script(std::string json);

/// `{{name}}` replaced by its slot's value, which is not looked at again. An unknown slot is a programming error and
/// throws std::logic_error.
std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& slots);

/// A grid as a table that can be scrolled sideways.
std::string html(const Grid& grid);

/// A table cell, what is beside in a <span>.
std::string table_cell(const Cell& cell, bool left);

/// The table of heads and rows that are markup already.
std::string table(const std::string& heads, const std::string& rows);

}  // namespace capplan::plan
