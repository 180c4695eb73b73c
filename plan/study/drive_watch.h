#pragma once
// What every executor does beside computing while it drives an experiment: it tells progress, and looks at the clock
// and at the flag. Internal to executors.

#include <chrono>

#include "plan/study/experiment.h"

namespace capplan::plan {

class DriveWatch {
 public:
  DriveWatch(const Experiment& experiment, double budget_s, const RunHooks& hooks)
      : experiment_(experiment), budget_s_(budget_s), hooks_(hooks) {}

  void tell() const {
    if (!hooks_.progress) return;
    Progress progress = experiment_.progress();
    progress.elapsed_s = elapsed();
    hooks_.progress(progress);
  }
  bool cancelled() const { return hooks_.cancel != nullptr && hooks_.cancel->load(std::memory_order_relaxed); }
  bool budget_spent() const { return budget_s_ > 0 && elapsed() > budget_s_; }

 private:
  using Clock = std::chrono::steady_clock;
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const Experiment& experiment_;
  double budget_s_;
  const RunHooks& hooks_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace capplan::plan
