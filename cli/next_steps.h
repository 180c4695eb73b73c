#pragma once
// After an answer, the questions that come next: as commands that can be typed as they stand.

#include <string>
#include <vector>

#include "plan/study/sweep.h"

namespace capplan::cli {

/// At most two commands: a sweep over what can be sized, and a greater load.
std::vector<std::string> next_steps(const plan::Scenario& scenario);

/// After a sweep of `file`: a closer look at the setting it names, and narrower intervals where a point is undecided.
std::vector<std::string> next_steps(const plan::Sweep& sweep, const std::string& file);

/// "try next:" and the commands, one a line.
std::string try_next(const std::vector<std::string>& steps);

}  // namespace capplan::cli
