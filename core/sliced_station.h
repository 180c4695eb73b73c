#pragma once
// Cores that are shared in time slices, as Linux shares them (EEVDF, since 6.12). A task alone runs through. Beside
// others each has a virtual runtime, and the average of all is what everybody should have had: who has had more is not
// eligible. Of the eligible the one with the earliest deadline runs, a slice after its turn began. The running task
// keeps its first slice, as long as it is eligible; whether its turn is over is looked at when somebody wakes up, and
// at the timer tick. Who had more than its share when it fell asleep stays in the queue, and in the average, until its
// turn has come (DELAY_DEQUEUE); who had less keeps that claim, and wakes up ahead of the average by it (PLACE_LAG).
// Source: Linux 6.12 to 6.18 kernel/sched/fair.c (update_curr, update_deadline, pick_eevdf, place_entity,
// update_entity_lag, dequeue_entity, requeue_delayed_entity, check_preempt_wakeup_fair, set_protect_slice; features
// PLACE_LAG, DELAY_DEQUEUE, DELAY_ZERO, RUN_TO_PARITY), without forced preemption (PREEMPT_NONE, PREEMPT_VOLUNTARY,
// PREEMPT_LAZY); Stoica and Abdel-Wahab, Earliest Eligible Virtual Deadline First, 1996. One rule is taken from what
// captures show: a sleeper that is still in the queue and would come first does not keep a task that wakes up from
// running. Limits: tasks of equal weight; a task wakes on its last core or an idle one, and a core that runs out takes
// one from the longest queue; a switch costs nothing here.

#include <cstdint>
#include <vector>

#include "core/meters.h"
#include "core/random.h"
#include "core/simulator.h"

namespace capplan::core {

/// The scheduler's constants, and its features by the kernel's names (/sys/kernel/debug/sched/features).
struct TimeSlices {
  Nanos slice = 1'400'000;    ///< base_slice_ns: 0.7 ms x (1 + log2 of the machine's cores, at most 8), 1.4 ms for two
  Nanos tick = 4'000'000;     ///< 1 s / CONFIG_HZ: how often a slice that is over is looked for
  bool delay_dequeue = true;  ///< a task that had more than its share when it fell asleep is behind when it wakes
  bool place_lag = true;      ///< a task that had less than its share when it fell asleep is ahead when it wakes
};

class SlicedStation : private Handler {
 public:
  /// `stream` places the ticks.
  SlicedStation(Simulator& simulator, int cores, const TimeSlices& slices, Stream stream);

  /// Task `task` (a small number of the caller's choosing, asleep until now) wakes up and needs `demand` of a core;
  /// `to` is told (kind, index) when it has had it, and the task sleeps again.
  void submit(std::uint32_t task, Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index);

  /// Takes back what `task` was given: it falls asleep now, and nobody is told. False if it was asleep.
  bool cancel(std::uint32_t task);

  /// Task `task`, which is asleep, will wake up without the claim of one that had less than its share.
  void forget_claim(std::uint32_t task);

  /// Drops all that run or wait: nobody is told. Tasks submitted later are new ones.
  void clear();

  /// How long the core that the task would wake up on has been idle; 0 if it is at work.
  Nanos idle_time(std::uint32_t task) const;

  Level* busy = nullptr;  ///< if set, cores at work
  Level* jobs = nullptr;  ///< if set, tasks that run or wait

 private:
  struct Task {
    Nanos left = 0;      // of its demand
    Nanos v = 0;         // virtual runtime, on its core's clock
    Nanos deadline = 0;  // on the same clock
    Nanos kept = 0;      // up to here the slice is its own, if it is eligible
    Nanos lag = 0;       // by which it was short of its share when it fell asleep
    std::uint32_t core = 0;
    bool known = false;
    bool delayed = false;  // asleep, but still in its core's queue
    Handler* to = nullptr;
    std::uint32_t kind = 0;
    std::uint32_t index = 0;
  };
  struct Core {
    std::vector<std::uint32_t> waiting;  // in the order they came
    std::uint32_t running = 0;
    bool idle = true;
    bool due = false;  // the running task's turn is over
    Nanos updated = 0;
    Nanos total = 0;  // of the virtual runtimes of all that run or are in the queue
    Nanos v = 0;      // their average, kept while idle
    Nanos idle_since = 0;
    Nanos next_tick = 0;
    Nanos armed = -1;         // the earliest event asked for
    std::size_t delayed = 0;  // of those in the queue, who sleep
    std::size_t awake() const { return waiting.size() - delayed; }
    std::int64_t present() const { return static_cast<std::int64_t>(waiting.size()) + (idle ? 0 : 1); }
    Nanos average() const { return present() > 0 ? total / present() : v; }
  };

  std::uint32_t core_for(const Task& task) const;
  Nanos tick_from(Nanos time) const;
  void advance(Core& core);
  bool eligible(const Core& core, const Task& task) const { return task.v * core.present() <= core.total; }
  std::uint32_t pick(const Core& core) const;
  void schedule(Core& core);
  void take_out(Core& core, std::uint32_t task);
  void leave(Core& core, std::uint32_t task);
  void place(Core& core, Task& task) const;
  void start(Core& core, std::uint32_t task);
  void pull(Core& core);
  void sleep(Core& core);
  void arm(std::uint32_t number);
  void show();
  void on_event(std::uint32_t kind, std::uint32_t core) override;

  Simulator& simulator_;
  TimeSlices slices_;
  Nanos tick_offset_;
  std::vector<Core> cores_;
  std::vector<Task> tasks_;
};

}  // namespace capplan::core
