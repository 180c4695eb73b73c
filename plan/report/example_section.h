#pragma once
// A section of a scenario as one may write it, made from its spec: what is required, and what costs.

#include <string>

#include "models/spec/spec.h"

namespace capplan::plan {

/// TOML text: "[pool.app]\nkind = \"asyncpg\"\n…".
std::string example_section(const models::Spec& spec);

/// The default of a parameter as a scenario file spells it, quoted where that needs quotes; empty if there is none.
std::string fallback_text(const models::Param& param);

}  // namespace capplan::plan
