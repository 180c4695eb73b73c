#include "plan/study/executor.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "plan/study/drive_watch.h"
#include "plan/study/process_executor.h"

namespace capplan::plan {

namespace {

/// What the threads share: the experiment, asked and told by one of them at a time.
class Shared {
 public:
  Shared(Experiment& experiment, double budget_s, const RunHooks& hooks)
      : experiment_(experiment), hooks_(hooks), watch_(experiment, budget_s, hooks) {}

  void tell() const { watch_.tell(); }

  /// One thread's part: until all is done, or another one has failed.
  void serve() {
    std::unique_lock lock(mutex_);
    try {
      while (!stopping() && !experiment_.done()) step(lock);
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      failed_ = true;
      changed_.notify_all();
      throw;
    }
    changed_.notify_all();
  }

 private:
  bool stopping() const { return failed_ || watch_.cancelled(); }

  void step(std::unique_lock<std::mutex>& lock) {
    if (watch_.budget_spent()) experiment_.wind_up();
    const std::optional<Work> work = experiment_.next();
    if (!work) {
      if (!experiment_.done()) changed_.wait_for(lock, std::chrono::milliseconds(50));
      return;
    }
    const Simulation simulation = experiment_.simulation(*work);
    lock.unlock();
    Batch batch = simulate(simulation, hooks_.cancel);
    lock.lock();
    if (stopping()) return;
    experiment_.take(*work, std::move(batch));
    tell();
    changed_.notify_all();
  }

  Experiment& experiment_;
  const RunHooks& hooks_;
  DriveWatch watch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool failed_ = false;
};

}  // namespace

void ThreadExecutor::drive(Experiment& experiment, double budget_s, const RunHooks& hooks) {
  Shared shared(experiment, budget_s, hooks);
  shared.tell();  // the first run may be long
  pool_.run(static_cast<std::size_t>(pool_.threads()), [&](std::size_t) { shared.serve(); });
}

std::unique_ptr<Executor> executor_of(const RunOptions& options) {
  if (options.processes == 0) return std::make_unique<ThreadExecutor>(options.threads);
  return std::make_unique<ProcessExecutor>(options.processes, std::vector<std::string>{options.program, "worker"});
}

}  // namespace capplan::plan
