#pragma once
// Who computes the works of an experiment. Results are the same whoever did: an executor only chooses where and when.

#include <memory>

#include "core/worker_pool.h"
#include "plan/study/experiment.h"

namespace capplan::plan {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Called once an experiment: computes until it is done, hooks.cancel is set, or the budget is spent, and tells
  /// progress. Throws what an experiment throws, and core::InputError for a scenario that cannot be built.
  virtual void drive(Experiment& experiment, double budget_s, const RunHooks& hooks) = 0;
};

/// Threads of this process.
class ThreadExecutor : public Executor {
 public:
  /// 0: as many as the machine has cores.
  explicit ThreadExecutor(int threads) : pool_(threads) {}
  void drive(Experiment& experiment, double budget_s, const RunHooks& hooks) override;

 private:
  core::WorkerPool pool_;
};

/// As the options say: processes, or threads.
std::unique_ptr<Executor> executor_of(const RunOptions& options);

}  // namespace capplan::plan
