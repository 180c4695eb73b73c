#pragma once
// What `capplan describe` knows besides the sections of a scenario: errors, warnings, conditions, ranges,
// distributions, presets, answers, formats of captures. Each topic is one function that makes a report of what the
// registries say, and one line in topics.cpp; text, page in docs/ and completion follow.

#include <string>
#include <vector>

#include "plan/report/report.h"

namespace capplan::plan {

struct Topic {
  std::string name;  ///< "warnings"
  std::string help;  ///< one line
  Report content;    ///< the headline is the title of its page
};

/// In the order in which help names them.
const std::vector<Topic>& topics();

/// The topic of a name, or null.
const Topic* find_topic(const std::string& name);

/// The topic on a terminal, and as a page of docs/.
std::string topic_text(const Topic& topic, std::size_t width);
std::string topic_markdown(const Topic& topic);

}  // namespace capplan::plan
