#pragma once
// Laws beside an answer as JSON, and back; and the shape of that.

#include "plan/format/json_text.h"
#include "plan/study/law_row.h"

namespace capplan::plan {

/// `[{"law", "formula", "kind", "at", "figure", "simulated", "least", "most", "verdict", "note"}, …]`; formula, kind,
/// source and assumptions are the registry's.
nlohmann::ordered_json json_of(const std::vector<LawRow>& rows);
/// Reads the same back. Throws the parser's exceptions or std::invalid_argument.
std::vector<LawRow> laws_of(const nlohmann::ordered_json& json);
nlohmann::ordered_json laws_shape();

}  // namespace capplan::plan
