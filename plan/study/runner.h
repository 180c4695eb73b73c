#pragma once
// Questions answered by threads or processes, as the options say: any, about one scenario, or about some that are held
// against each other.

#include <functional>
#include <vector>

#include "plan/study/experiment.h"
#include "plan/study/run_options.h"

namespace capplan::plan {

/// The rule of a scenario by itself: until what was asked is answered, or there is no steady state to wait for.
RoundRule until_answered(const core::StoppingRule& stopping);

/// Answers a question. Returns false if it was cancelled, or the budget spent, before all points were done. Throws
/// core::InputError for a scenario that cannot be built.
bool evaluate(Question question, const RunOptions& options, const RunHooks& hooks);

/// One scenario, to its result. Throws core::InputError; Interrupted if cancelled.
Result run(const Scenario& scenario, const RunOptions& options, const RunHooks& hooks = {});

/// Whether results that are held against each other need no more replications.
using Enough = std::function<bool(const std::vector<Result>&)>;

/// Scenarios to be held against each other: all get the same replications, and at each of the rule's checkpoints
/// `enough` decides for all of them. Results in their order; none if cancelled. Throws core::InputError.
std::vector<Result> run_together(const std::vector<Scenario>& scenarios, const RunOptions& options,
                                 const Enough& enough, const RunHooks& hooks = {});

}  // namespace capplan::plan
