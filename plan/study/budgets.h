#pragma once
// Error budgets: what share of requests was bad, over what the objective allows.

#include <vector>

#include "plan/study/summary.h"

namespace capplan::plan {

/// Of each [budget.NAME] of the scenario, from what is kept of the replications; `run_s` is what a run stands for.
std::vector<BudgetResult> budgets(const Scenario& scenario, const std::vector<Stretch>& kept);

}  // namespace capplan::plan
