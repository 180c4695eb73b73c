#pragma once
// The assumptions of a scenario on a page: every parameter with its value, its default, its meaning and its source.

#include <map>
#include <string>

namespace capplan::plan {

/// In place of the value of some keys: what else they were, as "varied: 5, 10".
using OtherValues = std::map<std::string, std::string>;

/// The parameters of a resolved scenario (its JSON): first those that are not at their defaults, then all others.
std::string assumptions(const std::string& scenario, const OtherValues& others);

}  // namespace capplan::plan
