#pragma once
// Processes that compute the works of an experiment, each of them capplan itself (plan/study/worker.h). Results are the
// same bytes as those of threads: a process that would give others is refused before it is given any work. One thread
// drives: calls of hooks are the caller's. Limits: processes of this machine; a scenario is sent to each process when
// it turns to it, with all that files gave to it.

#include <vector>

#include "plan/study/executor.h"

namespace capplan::plan {

class ProcessExecutor : public Executor {
 public:
  /// `command`: the program, looked up in PATH where it has no slash, and its arguments.
  ProcessExecutor(int processes, std::vector<std::string> command)
      : processes_(processes), command_(std::move(command)) {}

  /// Starts the processes, and ends them before it returns or throws. Throws std::runtime_error besides for a process
  /// that cannot be started, is another program, or ends by itself.
  void drive(Experiment& experiment, double budget_s, const RunHooks& hooks) override;

 private:
  int processes_;
  std::vector<std::string> command_;
};

}  // namespace capplan::plan
