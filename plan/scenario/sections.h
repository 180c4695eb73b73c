#pragma once
// Every kind of section that a scenario may hold: what makes a system (models/catalog.h), and what judges a run of it.

#include <string>
#include <vector>

#include "models/spec/spec.h"

namespace capplan::plan {

/// Every spec, in the order that documentation shows them.
const std::vector<models::Spec>& section_specs();

/// The spec of a section and kind ("pool", "asyncpg"), or null. `kind` is empty for sections with but one kind.
const models::Spec* find_spec(const std::string& section, const std::string& kind);

/// The section words ("scenario", "server", …) in that order, without repeats.
std::vector<std::string> section_words();

/// The kinds of a section word, in that order; a single empty one where there is no `kind` key.
std::vector<std::string> kinds(const std::string& section);

models::Spec alert_section();
models::Spec budget_section();

}  // namespace capplan::plan
