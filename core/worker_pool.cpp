#include "core/worker_pool.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace capplan::core {

WorkerPool::WorkerPool(int threads)
    : threads_(threads > 0 ? threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))) {}

bool WorkerPool::run(std::size_t count, const std::function<void(std::size_t)>& task,
                     const std::atomic<bool>* cancel) const {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::size_t failed_task = count;
  std::exception_ptr failure;
  const auto stopping = [&] { return failed || (cancel != nullptr && cancel->load(std::memory_order_relaxed)); };
  const auto work = [&] {
    while (!stopping()) {
      const std::size_t number = next++;
      if (number >= count) return;
      try {
        task(number);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failed = true;
        if (number > failed_task) continue;
        failed_task = number;
        failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    const std::size_t most = std::min(count, static_cast<std::size_t>(threads_));
    for (std::size_t t = 1; t < most; ++t) workers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  return next >= count;
}

}  // namespace capplan::core
