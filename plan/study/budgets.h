#pragma once
// Error budgets: what share of requests was bad, over what the objective allows.

#include <vector>

#include "plan/study/summary.h"

namespace capplan::plan {

/// Requests that ended in a stretch, and how many of them were bad.
struct Ended {
  double bad = 0;
  double all = 0;
};

/// Of requests of one class, or "all"; `latency` is what a good one takes at most, 0 if any time is good.
Ended ended(const Stretch& stretch, const std::string& request, core::Nanos latency);

/// Of each [budget.NAME] of the scenario, from what is kept of the replications; `run_s` is what a run stands for.
std::vector<BudgetResult> budgets(const Scenario& scenario, const std::vector<Stretch>& kept);

}  // namespace capplan::plan
