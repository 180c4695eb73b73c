#pragma once
// After an answer, the questions that come next: as commands that can be typed as they stand.

#include <string>
#include <vector>

#include "plan/study/sweep.h"

namespace capplan::cli {

/// At most two commands: a sweep over what can be sized, and a greater load. `set` is what --set had changed.
std::vector<std::string> next_steps(const plan::Scenario& scenario, const std::vector<std::string>& set);

/// After a sweep of `file`: a closer look at the setting it names, and narrower intervals where a point is undecided.
/// `set` and `vary` are what the flags of these names had said, `sampling` those that say which points, as typed.
std::vector<std::string> next_steps(const plan::Sweep& sweep, const std::string& file,
                                    const std::vector<std::string>& set, const std::vector<std::string>& vary,
                                    const std::string& sampling);

/// "try next:" and the commands, one a line.
std::string try_next(const std::vector<std::string>& steps);

}  // namespace capplan::cli
