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

/// The same; a long word may be broken behind its dots and underscores, and nowhere else.
std::string broken(std::string_view text);
/// A link to an anchor of the page around markup; for no anchor the markup alone.
std::string linked(const std::string& markup, const std::string& anchor);

/// A grid as a table that can be scrolled sideways, its column of verdicts always in sight. The first cell of a row
/// leads to its anchor, where there are any.
std::string html(const Grid& grid, const std::vector<std::string>& anchors = {});

/// How a cell is shown.
struct CellStyle {
  bool left = false;  ///< words
  bool kept = false;  ///< in sight while the table is scrolled sideways
  std::string anchor{};
};

/// A table cell, what is beside in a <span>.
std::string table_cell(const Cell& cell, const CellStyle& style = {});

/// The table of heads and rows that are markup already.
std::string table(const std::string& heads, const std::string& rows);

}  // namespace capplan::plan
