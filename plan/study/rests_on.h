#pragma once
// What the answer of a request rests on, by the topology: every section that it passes or may wait for.

#include <set>
#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// What a request or job passes: its caches, queries, calls, batches and jobs, and all that these take, itself first.
std::set<models::SectionId> passed_by(const Scenario& scenario, models::SectionId request);

/// The requests and jobs that pass a section, in order: itself, if it is one.
std::vector<models::SectionId> those_passing(const Scenario& scenario, models::SectionId section);

/// The targets, as [slo] names them, whose figures depend on a section: those passing it, "all", and what these pass.
std::set<std::string> targets_resting_on(const Scenario& scenario, models::SectionId section);

/// The section of a target: of "search" the request, of "server.replica.1" the server; none of "all".
models::SectionId section_of_target(const Scenario& scenario, const std::string& target);

}  // namespace capplan::plan
