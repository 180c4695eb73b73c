#pragma once
// What an error quotes of a file: little of it, and nothing that a terminal would act on.

#include <string>
#include <string_view>

namespace capplan::plan {

/// The start of a text with "?" for what a terminal would not show, up to 40 characters.
std::string shown(std::string_view text);

}  // namespace capplan::plan
