#pragma once
// The conditions of [slo]: `metric < value` or `metric > value` on a request class, on "all", or on a resource such as
// "pool.codebase". A percentile of a latency is over all attempts, unless "over completed" follows. k6's spelling
// `p(99)<60ms` is read too. Which metrics a target has follows from the figures of its kind of section
// (figure_specs.h).

#include <optional>
#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// Reads the document's [slo] for a scenario of these sections; `preset` in it names targets of published guides, and
/// what of these there is nothing for here goes to `beyond` in words. Everything wrong goes to `problems`.
std::vector<Slo> read_slos(const models::Table& document, const std::vector<WrittenSection>& sections,
                           std::vector<std::string>& beyond, std::vector<core::Problem>& problems);

/// The `when` of an alert: "pool.app.utilization > 70%". Nothing, with a problem at `key`, if it is none.
std::optional<Slo> read_alert_condition(const models::Value& when, const std::string& key,
                                        const std::vector<WrittenSection>& sections,
                                        std::vector<core::Problem>& problems);

}  // namespace capplan::plan
