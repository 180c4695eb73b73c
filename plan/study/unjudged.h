#pragma once
// What a result leaves out, said as warnings: what had not ended when the runs did, and what is not modelled.

#include <vector>

#include <span>
#include <vector>

#include "plan/study/summary.h"

namespace capplan::plan {

/// Appends W40 and W41 of a load that changes over time, and W42 for each condition that nothing measures.
void add_unjudged(const Scenario& scenario, const std::vector<Slo>& not_modelled,
                  std::span<const Replication> replications, const Steadiness& steady, std::vector<Warning>& warnings);

}  // namespace capplan::plan
