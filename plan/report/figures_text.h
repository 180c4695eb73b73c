#pragma once
// The figures in words, from their specs: for a terminal, and as the page docs/figures.md.

#include <string>
#include <vector>

#include "plan/scenario/figure_specs.h"

namespace capplan::plan {

/// Every figure that matches a pattern with * and ?, by its name, its word in conditions, or "group/name". Throws
/// core::InputError where none does.
std::string figures_text(const std::string& pattern, std::size_t width);

/// "seconds", "per second", "ratio", "count", "bytes".
const char* unit_word(core::Unit unit);
/// "more", "less", or nothing where neither is better.
const char* direction_word(core::Better better);
/// How conditions name it: "wait_p95" of a histogram, "errors[NAME]", "oom_kills".
std::string condition_word(const KnownFigure& figure);

/// The words of conditions for all of them, each once, in alphabetical order; keyed figures by their name.
std::vector<std::string> figure_words();

/// docs/figures.md.
std::string figures_markdown();

}  // namespace capplan::plan
