#pragma once
// The list of every kind of section a scenario may hold. A new component is one file and one line in catalog.cpp.

#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::models {

/// Every spec, in the order that documentation shows them.
const std::vector<Spec>& catalog();

/// The spec of a section and kind ("pool", "asyncpg"), or null. `kind` is empty for sections with but one kind.
const Spec* find_spec(const std::string& section, const std::string& kind);

/// The section words ("scenario", "server", …) in catalogue order, without repeats.
std::vector<std::string> sections();

/// The kinds of a section word, in catalogue order; a single empty one where there is no `kind` key.
std::vector<std::string> kinds(const std::string& section);

}  // namespace capplan::models
