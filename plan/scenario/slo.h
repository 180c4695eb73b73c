#pragma once
// The conditions of [slo]: `metric < value` or `metric > value` on a request class, on "all", or on a resource such as
// "pool.codebase". k6's spelling `p(99)<60ms` is read too. Which metrics a target has follows from its kind of section.

#include <optional>
#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// The metrics that can be judged on a section of this word ("request", "pool", …), in the order of help.
std::vector<std::string> slo_metrics(const std::string& section);

/// What a metric's limit is: a duration, a ratio, a rate, or a count.
models::Type limit_type(const std::string& metric);

/// Reads the document's [slo] for a scenario of these sections; `preset` in it names targets of published guides, and
/// what of these there is nothing for here goes to `beyond` in words. Everything wrong goes to `problems`.
std::vector<Slo> read_slos(const models::Table& document, const std::vector<WrittenSection>& sections,
                           std::vector<std::string>& beyond, std::vector<core::Problem>& problems);

/// The `when` of an alert: "pool.app.utilization > 70%". Nothing, with a problem at `key`, if it is none.
std::optional<Slo> read_alert_condition(const models::Value& when, const std::string& key,
                                        const std::vector<WrittenSection>& sections,
                                        std::vector<core::Problem>& problems);

}  // namespace capplan::plan
