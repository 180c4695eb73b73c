#include "plan/study/runner.h"

#include "plan/study/executor.h"
#include "plan/study/interrupted.h"

namespace capplan::plan {

namespace {

/// The replications that one more round brings, or those that there are, where it is enough.
int next_round(const core::StoppingRule& stopping, const Look& look, bool enough) {
  const int replications = look.result.replications;
  return enough ? replications : stopping.next_target(replications);
}

}  // namespace

RoundRule until_answered(const core::StoppingRule& stopping) {
  return [stopping](const std::vector<Look>& looks) {
    const Look& look = looks.front();
    return next_round(stopping, look, look.answered || look.result.verdict == Verdict::no_steady_state);
  };
}

bool evaluate(Question question, const RunOptions& options, const RunHooks& hooks) {
  Experiment experiment(std::move(question), options);
  executor_of(options)->drive(experiment, options.budget_s, hooks);
  return experiment.complete();
}

Result run(const Scenario& scenario, const RunOptions& options, const RunHooks& hooks) {
  Result result;
  Experiment experiment({.points = 1,
                         .open = [&](std::size_t) { return scenario; },
                         .rule = until_answered(options.stopping),
                         .finished =
                             [&](std::size_t index, const Result& finished) {
                               result = finished;
                               if (hooks.finished) hooks.finished(index, finished);
                             }},
                        options);
  executor_of(options)->drive(experiment, options.budget_s, hooks);
  if (!experiment.complete()) throw Interrupted(experiment.so_far());
  return result;
}

std::vector<Result> run_together(const std::vector<Scenario>& scenarios, const RunOptions& options,
                                 const Enough& enough, const RunHooks& hooks) {
  std::vector<Result> results(scenarios.size());
  const RoundRule rule = [&](const std::vector<Look>& looks) {
    std::vector<Result> so_far;
    for (const Look& look : looks) so_far.push_back(look.result);
    const int replications = so_far.front().replications;
    if (options.stopping.next_target(replications) == replications) return replications;
    return next_round(options.stopping, looks.front(), enough(so_far));
  };
  const bool all = evaluate({.points = scenarios.size(),
                             .open = [&](std::size_t index) { return scenarios[index]; },
                             .rule = rule,
                             .together = true,
                             .finished =
                                 [&](std::size_t index, const Result& result) {
                                   results[index] = result;
                                   if (hooks.finished) hooks.finished(index, result);
                                 }},
                            options, hooks);
  return all ? results : std::vector<Result>{};
}

}  // namespace capplan::plan
