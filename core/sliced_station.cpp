#include "core/sliced_station.h"

#include <algorithm>
#include <stdexcept>

namespace capplan::core {

SlicedStation::SlicedStation(Simulator& simulator, int cores, const TimeSlices& slices, Stream stream)
    : simulator_(simulator), slices_(slices), stream_(std::move(stream)) {
  if (cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  if (slices.slice < 1) throw std::invalid_argument("slice: must be above 0");
  if (slices.tick < 1) throw std::invalid_argument("tick: must be above 0");
  cores_.resize(static_cast<std::size_t>(cores));
  tick_offset_ = static_cast<Nanos>(stream_.uniform() * static_cast<double>(slices.tick));
}

/// The core it ran on last if that is idle, else an idle one, else the one it ran on last.
std::uint32_t SlicedStation::core_for(const Task& task) const {
  if (cores_[task.core].idle) return task.core;
  for (std::uint32_t i = 0; i < cores_.size(); ++i)
    if (cores_[i].idle) return i;
  if (task.known) return task.core;
  const auto shortest = std::min_element(cores_.begin(), cores_.end(), [](const Core& a, const Core& b) {
    return a.waiting.size() < b.waiting.size();
  });
  return static_cast<std::uint32_t>(shortest - cores_.begin());
}

Nanos SlicedStation::idle_time(std::uint32_t number) const {
  const Core& core = cores_[core_for(number < tasks_.size() ? tasks_[number] : Task())];
  return core.idle ? simulator_.now() - core.idle_since : 0;
}

void SlicedStation::advance(Core& core) {
  const Nanos now = simulator_.now();
  if (!core.idle) {
    const Nanos ran = now - core.updated;
    Task& task = tasks_[core.running];
    task.left -= ran;
    task.v += ran;
    core.total += ran;
  }
  core.updated = now;
}

/// Whether the running task has used up its slice; it is given the next one.
bool SlicedStation::slice_over(Core& core) {
  Task& task = tasks_[core.running];
  if (task.v < task.deadline) return false;
  task.deadline = task.v + slices_.slice;
  return true;
}

/// Of the one that runs and the queue, the eligible task with the earliest deadline; of equals the one that runs, then the first.
std::uint32_t SlicedStation::best(const Core& core) const {
  std::uint32_t found = core.running;
  bool any = eligible(core, tasks_[core.running]);
  for (const std::uint32_t number : core.waiting) {
    const Task& task = tasks_[number];
    if (!eligible(core, task)) continue;
    if (any && tasks_[found].deadline <= task.deadline) continue;
    found = number;
    any = true;
  }
  return found;
}

/// Who slept while it was behind leaves the queue once its turn comes; it is behind no more.
void SlicedStation::leave(Core& core, std::uint32_t number) {
  Task& task = tasks_[number];
  core.waiting.erase(std::find(core.waiting.begin(), core.waiting.end(), number));
  core.total -= task.v;
  task.delayed = false;
  --core.delayed;
}

void SlicedStation::run_best(Core& core) {
  for (;;) {
    const std::uint32_t found = best(core);
    if (found == core.running) return;
    if (tasks_[found].delayed) {
      leave(core, found);
      continue;
    }
    *std::find(core.waiting.begin(), core.waiting.end(), found) = core.running;
    core.running = found;
    return;
  }
}

/// Nobody runs: the best of the queue does, if one is awake.
bool SlicedStation::run_next(Core& core) {
  while (!core.waiting.empty()) {
    core.running = core.waiting.front();
    const std::uint32_t found = best(core);
    if (tasks_[found].delayed) {
      leave(core, found);
      continue;
    }
    core.waiting.erase(std::find(core.waiting.begin(), core.waiting.end(), found));
    start(core, found);
    return true;
  }
  return false;
}

void SlicedStation::start(Core& core, std::uint32_t number) {
  core.running = number;
  core.idle = false;
  core.updated = simulator_.now();
}

void SlicedStation::submit(std::uint32_t number, Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index) {
  if (number >= tasks_.size()) tasks_.resize(number + 1);
  Task& task = tasks_[number];
  const std::uint32_t place = core_for(task);
  if (task.delayed && place != task.core) {
    advance(cores_[task.core]);
    leave(cores_[task.core], number);
  }
  Core& core = cores_[place];
  advance(core);
  const Nanos average = core.present() > 0 ? core.total / core.present() : core.v;
  const bool behind = task.delayed && task.v >= average;
  if (task.delayed) leave(core, number);
  if (!behind) {
    task.v = average;
    task.deadline = task.v + (task.known ? slices_.slice
                                         : 1 + static_cast<Nanos>(stream_.uniform() * static_cast<double>(slices_.slice)));
  }
  task.left = demand;
  task.core = place;
  task.known = true;
  task.to = &to;
  task.kind = kind;
  task.index = index;
  core.total += task.v;
  if (core.idle) {
    start(core, number);
    show();
  } else {
    const bool over = slice_over(core);
    core.waiting.push_back(number);
    if (over)
      run_best(core);
    else if (!eligible(core, tasks_[core.running]) && best(core) == number)
      run_best(core);  // within a slice only the task that woke up can come first
    show();
  }
  arm(place);
}

/// An idle core takes the first who is awake in the longest queue.
void SlicedStation::pull(Core& core) {
  const auto longest = std::max_element(cores_.begin(), cores_.end(), [](const Core& a, const Core& b) {
    return a.awake() < b.awake();
  });
  if (longest->awake() == 0) return;
  const auto first = std::find_if(longest->waiting.begin(), longest->waiting.end(),
                                  [this](std::uint32_t number) { return !tasks_[number].delayed; });
  const std::uint32_t number = *first;
  longest->waiting.erase(first);
  Task& task = tasks_[number];
  longest->total -= task.v;
  task.deadline += core.v - task.v;
  task.v = core.v;
  task.core = static_cast<std::uint32_t>(&core - cores_.data());
  core.total = task.v;
  start(core, number);
}

/// The running task has had its demand.
void SlicedStation::sleep(Core& core) {
  const std::uint32_t number = core.running;
  Task& task = tasks_[number];
  slice_over(core);
  core.v = core.total / core.present();
  const bool behind = slices_.delay_dequeue && !eligible(core, task);
  core.idle = true;
  if (behind) {
    task.delayed = true;
    ++core.delayed;
    core.waiting.push_back(number);
  } else {
    core.total -= task.v;
  }
  if (run_next(core)) return;
  core.idle_since = simulator_.now();
  core.total = 0;
  pull(core);
}

/// Sees to an event when the running task is done, or, while others wait, at the first tick after its slice.
void SlicedStation::arm(std::uint32_t number) {
  Core& core = cores_[number];
  if (core.idle) return;
  const Nanos now = simulator_.now();
  const Task& task = tasks_[core.running];
  Nanos at = now + std::max<Nanos>(0, task.left);
  if (!core.waiting.empty()) {
    const Nanos over = now + std::max<Nanos>(0, task.deadline - task.v) - tick_offset_;
    const Nanos ticks = over <= 0 ? 0 : (over + slices_.tick - 1) / slices_.tick;
    Nanos tick = tick_offset_ + ticks * slices_.tick;
    if (tick <= now) tick += slices_.tick;
    core.next_tick = tick;
    at = std::min(at, tick);
  }
  if (core.armed >= 0 && core.armed <= at) return;
  core.armed = at;
  simulator_.schedule(at - now, *this, 0, number);
}

void SlicedStation::clear() {
  for (Core& core : cores_) {
    core.waiting.clear();
    core.delayed = 0;
    if (core.idle) continue;
    core.idle = true;
    core.idle_since = simulator_.now();
    core.total = 0;
  }
  for (Task& task : tasks_) task.known = task.delayed = false;
  show();
}

void SlicedStation::show() {
  if (busy == nullptr && jobs == nullptr) return;
  double at_work = 0, present = 0;
  for (const Core& core : cores_) {
    at_work += core.idle ? 0 : 1;
    present += static_cast<double>(core.awake()) + (core.idle ? 0 : 1);
  }
  if (busy != nullptr) busy->set(simulator_.now(), at_work);
  if (jobs != nullptr) jobs->set(simulator_.now(), present);
}

/// An event may come early, for a task that has been overtaken since: then there is nothing to do but to arm again.
void SlicedStation::on_event(std::uint32_t, std::uint32_t number) {
  Core& core = cores_[number];
  if (core.armed == simulator_.now()) core.armed = -1;
  if (core.idle) return;
  advance(core);
  const std::uint32_t running = core.running;
  if (tasks_[running].left <= 0) {
    sleep(core);
    show();
    arm(number);
    const Task& done = tasks_[running];
    done.to->on_event(done.kind, done.index);
    return;
  }
  if (!core.waiting.empty() && simulator_.now() >= core.next_tick && slice_over(core)) run_best(core);
  arm(number);
}

}  // namespace capplan::core
