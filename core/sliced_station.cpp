#include "core/sliced_station.h"

#include <algorithm>
#include <stdexcept>

namespace capplan::core {

SlicedStation::SlicedStation(Simulator& simulator, int cores, const TimeSlices& slices, Stream stream)
    : simulator_(simulator), slices_(slices) {
  if (cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  if (slices.slice < 1) throw std::invalid_argument("slice: must be above 0");
  if (slices.tick < 1) throw std::invalid_argument("tick: must be above 0");
  cores_.resize(static_cast<std::size_t>(cores));
  tick_offset_ = static_cast<Nanos>(stream.uniform() * static_cast<double>(slices.tick));
}

/// The core it ran on last if that is idle, else an idle one, else the one it ran on last.
std::uint32_t SlicedStation::core_for(const Task& task) const {
  if (cores_[task.core].idle) return task.core;
  for (std::uint32_t i = 0; i < cores_.size(); ++i)
    if (cores_[i].idle) return i;
  if (task.known) return task.core;
  const auto shortest = std::min_element(
      cores_.begin(), cores_.end(), [](const Core& a, const Core& b) { return a.waiting.size() < b.waiting.size(); });
  return static_cast<std::uint32_t>(shortest - cores_.begin());
}

Nanos SlicedStation::idle_time(std::uint32_t number) const {
  const Core& core = cores_[core_for(number < tasks_.size() ? tasks_[number] : Task())];
  return core.idle ? simulator_.now() - core.idle_since : 0;
}

/// The first tick at `time` or after it.
Nanos SlicedStation::tick_from(Nanos time) const {
  if (time <= tick_offset_) return tick_offset_;
  return tick_offset_ + (time - tick_offset_ + slices_.tick - 1) / slices_.tick * slices_.tick;
}

/// Books the time since the last look on the running task. A slice that is over is followed by the next, from now on; a
/// task alone has had its own looked at by the ticks meanwhile. The turn of one that is not alone is over with its
/// slice.
void SlicedStation::advance(Core& core) {
  const Nanos now = simulator_.now();
  const Nanos ran = now - core.updated;
  if (!core.idle && ran > 0) {
    Task& task = tasks_[core.running];
    const Nanos over = core.updated + std::max<Nanos>(1, task.deadline - task.v);
    task.left -= ran;
    task.v += ran;
    core.total += ran;
    if (const Nanos first = tick_from(over); first < now) {
      const Nanos period = (slices_.slice + slices_.tick - 1) / slices_.tick * slices_.tick;
      const Nanos last = first + (now - 1 - first) / period * period;
      task.deadline = task.v - (now - last) + slices_.slice;
    }
    const bool used_up = task.v >= task.deadline;
    if (used_up) task.deadline = task.v + slices_.slice;
    if (core.present() > 1 && (used_up || task.v >= task.kept)) core.due = true;
  }
  core.updated = now;
}

/// Who should run, of the one that runs and the queue, which is not empty if none runs: the one that runs while its
/// slice is kept; else the eligible task with the earliest deadline, of equals the first in the queue, and the running
/// one last.
std::uint32_t SlicedStation::pick(const Core& core) const {
  const bool running = !core.idle && eligible(core, tasks_[core.running]);
  if (running && tasks_[core.running].v < tasks_[core.running].kept) return core.running;
  std::uint32_t found = core.running;
  bool any = false;
  for (const std::uint32_t number : core.waiting) {
    const Task& task = tasks_[number];
    if (!eligible(core, task) || (any && tasks_[found].deadline <= task.deadline)) continue;
    found = number;
    any = true;
  }
  return any && running && tasks_[core.running].deadline < tasks_[found].deadline ? core.running : found;
}

/// Lets the one run that should. Sleepers whose turn it is leave the queue.
void SlicedStation::schedule(Core& core) {
  core.due = false;
  while (core.present() > 0) {
    const std::uint32_t next = pick(core);
    if (!core.idle && next == core.running) return;
    if (tasks_[next].delayed) {
      leave(core, next);
      continue;
    }
    if (!core.idle) core.waiting.push_back(core.running);
    core.waiting.erase(std::find(core.waiting.begin(), core.waiting.end(), next));
    start(core, next);
    return;
  }
}

void SlicedStation::take_out(Core& core, std::uint32_t number) {
  core.waiting.erase(std::find(core.waiting.begin(), core.waiting.end(), number));
  core.total -= tasks_[number].v;
}

/// Who slept while it was behind leaves the queue; it is behind no more.
void SlicedStation::leave(Core& core, std::uint32_t number) {
  take_out(core, number);
  tasks_[number].delayed = false;
  tasks_[number].lag = 0;
  --core.delayed;
}

/// A slice begins, where everybody is on average, or short of that by what the task was when it fell asleep. Since it
/// counts in the average itself, it is put further back.
void SlicedStation::place(Core& core, Task& task) const {
  const std::int64_t others = core.present();
  task.v = core.average();
  if (slices_.place_lag && others > 0) task.v -= task.lag * (others + 1) / others;
  task.deadline = task.v + slices_.slice;
}

void SlicedStation::start(Core& core, std::uint32_t number) {
  core.running = number;
  core.idle = false;
  core.updated = simulator_.now();
  tasks_[number].kept = tasks_[number].deadline;
}

void SlicedStation::submit(std::uint32_t number, Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index) {
  if (number >= tasks_.size()) tasks_.resize(number + 1);
  Task& task = tasks_[number];
  const std::uint32_t where = core_for(task);
  if (task.delayed && where != task.core) {
    advance(cores_[task.core]);
    leave(cores_[task.core], number);
  }
  Core& core = cores_[where];
  advance(core);
  if (task.delayed && task.v >= core.average()) {  // still behind
    take_out(core, number);
    task.delayed = false;
    --core.delayed;
  } else {
    if (task.delayed) leave(core, number);
    place(core, task);
  }
  task.left = demand;
  task.core = where;
  task.known = true;
  task.to = &to;
  task.kind = kind;
  task.index = index;
  core.total += task.v;
  if (core.idle) {
    start(core, number);
  } else {
    core.waiting.push_back(number);
    const std::uint32_t first = pick(core);
    if (core.due || first == number || (first != core.running && tasks_[first].delayed)) schedule(core);
  }
  show();
  arm(where);
}

bool SlicedStation::cancel(std::uint32_t number) {
  if (number >= tasks_.size()) return false;
  Core& core = cores_[tasks_[number].core];
  if (!core.idle && core.running == number) {
    advance(core);
    sleep(core);
  } else if (!tasks_[number].delayed &&
             std::find(core.waiting.begin(), core.waiting.end(), number) != core.waiting.end()) {
    advance(core);
    take_out(core, number);
  } else {
    return false;
  }
  show();
  arm(tasks_[number].core);
  return true;
}

void SlicedStation::forget_claim(std::uint32_t number) {
  if (number < tasks_.size()) tasks_[number].lag = std::min<Nanos>(0, tasks_[number].lag);
}

/// An idle core takes the first who is awake in the longest queue.
void SlicedStation::pull(Core& core) {
  const auto longest = std::max_element(cores_.begin(), cores_.end(),
                                        [](const Core& a, const Core& b) { return a.awake() < b.awake(); });
  if (longest->awake() == 0) return;
  const auto first = std::find_if(longest->waiting.begin(), longest->waiting.end(),
                                  [this](std::uint32_t number) { return !tasks_[number].delayed; });
  const std::uint32_t number = *first;
  take_out(*longest, number);
  Task& task = tasks_[number];
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
  const bool behind = slices_.delay_dequeue && !eligible(core, task);
  const Nanos most = std::max(2 * slices_.slice, slices_.tick);  // that is remembered
  core.v = core.average();
  core.idle = true;
  if (behind) {
    task.delayed = true;
    ++core.delayed;
    core.waiting.push_back(number);
  } else {
    task.lag = std::clamp(core.v - task.v, -most, most);
    core.total -= task.v;
  }
  schedule(core);
  if (!core.idle) return;
  core.idle_since = simulator_.now();
  core.total = 0;
  pull(core);
}

/// Sees to an event when the running task is done, or, while others wait, at the next tick.
void SlicedStation::arm(std::uint32_t number) {
  Core& core = cores_[number];
  if (core.idle) return;
  const Nanos now = simulator_.now();
  Nanos at = std::max(now, core.updated + tasks_[core.running].left);
  if (!core.waiting.empty()) {
    core.next_tick = tick_from(now + 1);
    at = std::min(at, core.next_tick);
  }
  if (core.armed >= 0 && core.armed <= at) return;
  core.armed = at;
  simulator_.schedule(at - now, *this, 0, number);
}

void SlicedStation::clear() {
  for (Core& core : cores_) {
    core.waiting.clear();
    core.delayed = 0;
    core.due = false;
    if (core.idle) continue;
    core.idle = true;
    core.idle_since = simulator_.now();
    core.total = 0;
  }
  for (Task& task : tasks_) {
    task.known = task.delayed = false;
    task.lag = 0;
  }
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
  const Nanos now = simulator_.now();
  if (core.armed == now) core.armed = -1;
  if (core.idle) return;
  const std::uint32_t running = core.running;
  const bool done = core.updated + tasks_[running].left <= now;
  const bool tick = !core.waiting.empty() && now >= core.next_tick;
  if (done || tick) advance(core);
  if (done) {
    sleep(core);
    show();
  } else if (tick && core.due) {
    schedule(core);
  }
  arm(number);
  if (!done) return;
  const Task& told = tasks_[running];
  told.to->on_event(told.kind, told.index);
}

}  // namespace capplan::core
