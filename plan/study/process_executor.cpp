// One thread: it gives a work to each process that has none, waits for any of them to answer, and takes that in.
// Processes are started when there is something for them to do.

#include "plan/study/process_executor.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <list>
#include <stdexcept>

#include "plan/study/child_process.h"
#include "plan/study/drive_watch.h"
#include "plan/study/work_pack.h"
#include "plan/study/worker.h"

namespace capplan::plan {

namespace {

constexpr int look_around_ms = 50;  // for a cancel, or the end of the budget

struct Worker {
  explicit Worker(const std::vector<std::string>& command) : child(command) {}

  ChildProcess child;
  bool greeted = false;
  std::optional<Work> work{};                  ///< what it has to do
  Simulation simulation{};                     ///< of that
  std::shared_ptr<const Scenario> scenario{};  ///< that it was sent last
  std::string received{};
};

class Drive {
 public:
  Drive(Experiment& experiment, double budget_s, const RunHooks& hooks, const std::vector<std::string>& command,
        std::size_t most)
      : experiment_(experiment), watch_(experiment, budget_s, hooks), command_(command), most_(most) {}

  void run() {
    watch_.tell();  // the first run may be long
    while (going()) {
      hand_out();
      if (going()) wait();
    }
  }

 private:
  bool going() const { return !experiment_.done() && !watch_.cancelled(); }

  [[noreturn]] void refuse(Worker& worker, const std::string& why) const {
    throw std::runtime_error(
        fmt::format("{} (process {}, one of {}) {}", fmt::join(command_, " "), worker.child.pid(), most_, why));
  }
  [[noreturn]] void died(Worker& worker) const {
    const std::string end = worker.child.end();
    refuse(worker, worker.greeted ? end + " while it simulated" : end + " before it said which program it is");
  }

  /// Those that have nothing to do, and those that are not there yet.
  bool any_idle() const { return workers_.size() < most_ || std::any_of(workers_.begin(), workers_.end(), is_idle); }
  static bool is_idle(const Worker& worker) { return !worker.work; }
  Worker& idle() {
    const auto found = std::find_if(workers_.begin(), workers_.end(), is_idle);
    return found != workers_.end() ? *found : workers_.emplace_back(command_);
  }

  void hand_out() {
    while (going() && any_idle()) {
      if (watch_.budget_spent()) experiment_.wind_up();
      const std::optional<Work> work = experiment_.next();
      if (!work) return;
      if (work->first == work->last) {
        experiment_.take(*work, {});
        watch_.tell();
        continue;
      }
      Worker& worker = idle();
      worker.work = work;
      worker.simulation = experiment_.simulation(*work);
      if (worker.greeted) send(worker);
    }
  }

  void send(Worker& worker) {
    const bool fresh = worker.scenario != worker.simulation.scenario;
    worker.scenario = worker.simulation.scenario;
    if (!worker.child.send(framed(FrameKind::work, pack_simulation(worker.simulation, fresh)))) died(worker);
  }

  void wait() {
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) waiting.push_back({worker.child.descriptor(), POLLIN, 0});
    poll(waiting.data(), waiting.size(), look_around_ms);
    auto ready = waiting.begin();
    for (Worker& worker : workers_)
      if ((ready++)->revents != 0) hear(worker);
  }

  void hear(Worker& worker) {
    const bool open = worker.child.receive(worker.received);
    while (const std::optional<Frame> frame = frame_of(worker)) take(worker, *frame);
    if (!open) died(worker);
  }

  std::optional<Frame> frame_of(Worker& worker) const {
    try {
      return take_frame(worker.received);
    } catch (const std::runtime_error&) {
      refuse(worker, "says what no worker says: is it capplan?");
    }
  }

  void take(Worker& worker, const Frame& frame) {
    if (!worker.greeted) return greet(worker, frame);
    if (frame.kind == FrameKind::bad_input) throw core::InputError(unpack_problems(frame.bytes));
    if (frame.kind == FrameKind::failure) refuse(worker, "failed: " + frame.bytes);
    if (frame.kind != FrameKind::batch || !worker.work) refuse(worker, "answers what it was not asked");
    const Work work = *worker.work;
    worker.work.reset();
    experiment_.take(work, unpack_batch(frame.bytes));
    watch_.tell();
  }

  void greet(Worker& worker, const Frame& frame) {
    if (frame.kind != FrameKind::greeting || frame.bytes != worker_greeting())
      refuse(worker, fmt::format("would compute other numbers: it is of {}; this program of {}", frame.bytes,
                                 worker_greeting()));
    worker.greeted = true;
    send(worker);
  }

  Experiment& experiment_;
  DriveWatch watch_;
  const std::vector<std::string>& command_;
  std::size_t most_;
  std::list<Worker> workers_;
};

}  // namespace

void ProcessExecutor::drive(Experiment& experiment, double budget_s, const RunHooks& hooks) {
  Drive(experiment, budget_s, hooks, command_, static_cast<std::size_t>(processes_)).run();
}

}  // namespace capplan::plan
