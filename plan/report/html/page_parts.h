#pragma once
// What the body of a page is put together from: a head, sections, blocks, charts, facts.

#include <string>
#include <utility>
#include <vector>

#include "plan/report/html/chart.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"

namespace capplan::plan {

/// A paragraph of escaped text, of a class of the page's style.
std::string paragraph_of(const std::string& text, const char* name = "");

/// Charts; nothing for one without a value to draw.
std::string drawn(const Chart& chart);
std::string drawn(const std::vector<Chart>& charts);

std::string block_html(const Block& block);
/// One after another, each but the first under its title.
std::string blocks_html(const std::vector<Block>& blocks);
/// One after another, each under its title.
std::string titled_blocks(const std::vector<Block>& blocks);

/// With a capital letter in front.
std::string capitalised(std::string text);
/// A word of a title that can be an anchor: letters, digits and "-".
std::string anchor_of(const std::string& title);

/// The class in the page's style of a mark such as "✓".
const char* class_of(const std::string& mark);
/// What a page begins with below its name: the answer in one line, and what was simulated.
std::string head(const Report& report, const std::string& name);
/// What "-" stands for, where there is any.
std::string notes_of(const Report& report);
/// What names the answer, and would be asked for to repeat it.
std::string provenance(const std::vector<std::pair<std::string, std::string>>& facts);

/// How a chart of differences is read.
inline constexpr const char* dots_note =
    "A filled dot is a difference beyond chance: ✓ better, ✗ worse. A hollow one shows none; with a dashed interval, "
    "marked ?, it is too wide to tell. An arrow points to what lies beyond the axis.";

}  // namespace capplan::plan
