#pragma once
// After an answer, the questions that come next: as commands that can be typed as they stand.

#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::cli {

/// At most two commands: a sweep over what can be sized, and a greater load.
std::vector<std::string> next_steps(const plan::Scenario& scenario);

}  // namespace capplan::cli
