#pragma once
// Runs scenarios over threads. Replications are the unit of work; a point is done when its intervals are narrow enough,
// judged at fixed numbers of replications in the order of their numbers, so that nothing depends on who was faster.

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/stopping.h"
#include "plan/study/result.h"

namespace capplan::plan {

struct RunOptions {
  std::uint64_t seed = 1;
  core::StoppingRule stopping{5, 30, 0.05};  ///< min == max: that many replications, whatever the precision
  int threads = 0;                           ///< 0: as many as the machine has cores
  double budget_s = 0;                       ///< wall clock after which no new replications are begun; 0: none
  int draws = 0;  ///< of the calibration's parameters, which scenarios hold then (plan/scenario/draws.h); no budget
};

/// How far a study is, for progress lines.
struct Progress {
  std::size_t done = 0;  ///< points finished
  std::size_t total = 0;
  double work_done = 0;  ///< share of the expected work, 0..1
  double events = 0;     ///< handled so far
  double elapsed_s = 0;
  std::string latest;  ///< the last finished point's p99, as text; may be empty
};

struct RunHooks {
  std::function<void(std::size_t scenario, const Result& result)>
      finished;                                   ///< once a scenario, from one thread at a time
  std::function<void(const Progress&)> progress;  ///< often, from one thread at a time
  const std::atomic<bool>* cancel = nullptr;      ///< set to stop; finished points are kept
};

/// Computes `count` scenarios, each made by `scenario_of` when its turn comes and dropped when it is done, so that
/// memory does not grow with the size of a study. Returns false if it was cancelled, or the budget spent, before all
/// were done. Throws core::InputError for a scenario that cannot be built.
bool run_all(std::size_t count, const std::function<Scenario(std::size_t)>& scenario_of, const RunOptions& options,
             const RunHooks& hooks);

/// One scenario, to its result. Throws core::InputError; std::runtime_error if cancelled.
Result run(const Scenario& scenario, const RunOptions& options, const RunHooks& hooks = {});

/// Whether results that are held against each other need no more replications.
using Enough = std::function<bool(const std::vector<Result>&)>;

/// Scenarios to be held against each other: all get the same replications, and at each of the rule's checkpoints
/// `enough` decides for all of them. Results in their order; none if cancelled. Throws core::InputError.
std::vector<Result> run_together(const std::vector<Scenario>& scenarios, const RunOptions& options,
                                 const Enough& enough, const RunHooks& hooks = {});

}  // namespace capplan::plan
