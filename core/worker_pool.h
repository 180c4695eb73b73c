#pragma once
// Numbered tasks over threads. Tasks are begun in the order of their numbers, so that of tasks that fail the one with
// the lowest number is known whatever the threads did. Limit: a task is not interrupted; long ones look at the flag
// themselves.

#include <atomic>
#include <cstddef>
#include <functional>

namespace capplan::core {

class WorkerPool {
 public:
  /// `threads` 0 or below: as many as the machine has cores.
  explicit WorkerPool(int threads = 0);

  int threads() const { return threads_; }

  /// Calls `task` with each of 0..count-1, each once; the caller's thread is one of the workers. After a task has
  /// thrown, no further one is begun, and what the lowest-numbered of them threw is thrown here. Returns false if
  /// `cancel` was set before all were begun.
  bool run(std::size_t count, const std::function<void(std::size_t)>& task,
           const std::atomic<bool>* cancel = nullptr) const;

 private:
  int threads_;
};

}  // namespace capplan::core
