#pragma once
// The conditions of [slo]: `metric < value` or `metric > value` on a request class, on "all", or on a resource such as
// "pool.codebase". k6's spelling `p(99)<60ms` is read too. Which metrics a target has follows from its kind of section.

#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// The metrics that can be judged on a section of this word ("request", "pool", …), in the order of help.
std::vector<std::string> slo_metrics(const std::string& section);

/// Reads the document's [slo] for a scenario of these sections. Everything wrong goes to `problems`.
std::vector<Slo> read_slos(const models::Table& document, const std::vector<WrittenSection>& sections,
                           std::vector<core::Problem>& problems);

}  // namespace capplan::plan
