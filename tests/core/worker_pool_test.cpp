// Tasks over threads: each is run once, failures reach the caller, and cancelling stops what is not begun.

#include "core/worker_pool.h"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

namespace capplan::core {
namespace {

TEST_CASE("every task is run once, with any number of threads") {
  for (const int threads : {1, 2, 3, 8}) {
    std::vector<std::atomic<int>> runs(100);
    CHECK(WorkerPool(threads).run(runs.size(), [&](std::size_t i) { ++runs[i]; }));
    for (const auto& count : runs) CHECK(count == 1);
  }
  CHECK(WorkerPool(4).run(0, [](std::size_t) { throw std::logic_error("no task"); }));
}

TEST_CASE("of tasks that throw, the lowest number reaches the caller, and none is begun any more") {
  for (const int threads : {1, 3}) {
    std::atomic<int> begun = 0;
    const auto task = [&](std::size_t i) {
      ++begun;
      if (i >= 5) throw std::runtime_error(std::to_string(i));
    };
    CHECK_THROWS_WITH(WorkerPool(threads).run(1000, task), "5");
    CHECK(begun <= 5 + threads);
  }
}

TEST_CASE("a pool that is cancelled begins no further task, and says that some are left") {
  std::atomic<bool> cancel = false;
  int begun = 0;
  const auto task = [&](std::size_t) { cancel = ++begun == 3; };
  CHECK_FALSE(WorkerPool(1).run(10, task, &cancel));
  CHECK(begun == 3);
  CHECK(WorkerPool(1).threads() == 1);
  CHECK(WorkerPool().threads() >= 1);
}

}  // namespace
}  // namespace capplan::core
