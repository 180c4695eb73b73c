#pragma once
// The list of every kind of section that makes a system. A new component is one file and one line in catalog.cpp. What
// a scenario may hold besides, plan/scenario/sections.h adds.

#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::models {

/// Every spec, in the order that documentation shows them.
const std::vector<Spec>& catalog();

/// The spec of a section and kind ("pool", "asyncpg"), or null. `kind` is empty for sections with but one kind.
const Spec* find_spec(const std::string& section, const std::string& kind);
const Spec* find_spec(const std::vector<Spec>& specs, const std::string& section, const std::string& kind);

}  // namespace capplan::models
