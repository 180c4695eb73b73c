#include "bindings/waiting.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "plan/report/progress_text.h"

namespace py = pybind11;

namespace capplan::bindings {

namespace {

using Clock = std::chrono::steady_clock;

/// What the two threads share.
struct Shared {
  std::atomic<bool> cancel = false;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::string line;
  std::exception_ptr failure;

  void work(const std::string& verb, const std::function<void(const plan::RunHooks&)>& task) {
    plan::RunHooks hooks;
    hooks.cancel = &cancel;
    hooks.progress = [&](const plan::Progress& progress) {
      const std::scoped_lock lock(mutex);
      line = plan::progress_text(verb, progress);
    };
    try {
      task(hooks);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::scoped_lock lock(mutex);
    done = true;
    changed.notify_all();
  }

  /// Waits a while; whether all is done, and where not, the newest line, which may be that of the time before, or none.
  bool wait(std::string& shown) {
    const py::gil_scoped_release others_may_run;
    std::unique_lock lock(mutex);
    const bool over = changed.wait_for(lock, std::chrono::milliseconds(50), [this] { return done; });
    shown = line;
    return over;
  }
};

}  // namespace

void wait_for(const std::string& verb, const py::object& progress,
              const std::function<void(const plan::RunHooks&)>& work) {
  Shared shared;
  std::jthread worker([&] { shared.work(verb, work); });
  std::optional<py::error_already_set> raised;
  const auto start = Clock::now();
  for (std::string line; !shared.wait(line);) {
    if (raised) continue;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (line.empty())
        line = plan::progress_text(verb, {.elapsed_s = std::chrono::duration<double>(Clock::now() - start).count()});
      if (!progress.is_none()) progress(line);
    } catch (const py::error_already_set& error) {
      raised.emplace(error);
      shared.cancel = true;
    }
  }
  worker.join();
  if (raised) throw py::error_already_set(*raised);
  if (shared.failure) std::rethrow_exception(shared.failure);
}

}  // namespace capplan::bindings
