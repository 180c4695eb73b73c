#include "plan/study/executor.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace capplan::plan {

namespace {

using Clock = std::chrono::steady_clock;

/// What the threads share: the experiment, asked and told by one of them at a time.
class Shared {
 public:
  Shared(Experiment& experiment, double budget_s, const RunHooks& hooks)
      : experiment_(experiment), budget_s_(budget_s), hooks_(hooks), start_(Clock::now()) {}

  void tell() const {
    if (!hooks_.progress) return;
    Progress progress = experiment_.progress();
    progress.elapsed_s = elapsed();
    hooks_.progress(progress);
  }

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
  bool stopping() const {
    return failed_ || (hooks_.cancel != nullptr && hooks_.cancel->load(std::memory_order_relaxed));
  }
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  void step(std::unique_lock<std::mutex>& lock) {
    if (budget_s_ > 0 && elapsed() > budget_s_) experiment_.wind_up();
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
  double budget_s_;
  const RunHooks& hooks_;
  Clock::time_point start_;
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

}  // namespace capplan::plan
