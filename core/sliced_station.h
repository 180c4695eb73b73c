#pragma once
// Cores that are shared in time slices, as Linux shares them (EEVDF, since 6.6): the running task goes on until it is
// done, or until its slice is over and the timer tick, or a task that wakes up, finds it so. Then the waiting task with
// the earliest virtual deadline runs, among those that have had no more than their share. A task that wakes up begins a
// slice; one that used more than its share before it slept, though, is still behind, and goes on with the slice it had.
// Source: Linux 6.12 to 6.18 kernel/sched/fair.c (pick_eevdf, entity_eligible, update_deadline, place_entity,
// dequeue_entity,
// check_preempt_wakeup_fair; features RUN_TO_PARITY, DELAY_DEQUEUE), without forced preemption
// (PREEMPT_NONE, PREEMPT_VOLUNTARY, PREEMPT_LAZY); Stoica and Abdel-Wahab, Earliest Eligible Virtual Deadline First, 1996.
// Limits: tasks of equal weight; a task that had less than its share loses that claim when it sleeps; a task wakes on its
// last core or an idle one, and a core that runs out takes one from the longest queue; a switch costs nothing here.

#include <cstdint>
#include <vector>

#include "core/meters.h"
#include "core/random.h"
#include "core/simulator.h"

namespace capplan::core {

/// The scheduler's constants, and its features by the kernel's names (/sys/kernel/debug/sched/features).
struct TimeSlices {
  Nanos slice = 1'400'000;  ///< base_slice_ns: 0.7 ms x (1 + log2 of the machine's cores, at most 8), 1.4 ms for two
  Nanos tick = 4'000'000;   ///< 1 s / CONFIG_HZ: how often a slice that is over is looked for
  bool delay_dequeue = true;  ///< a task that had more than its share when it fell asleep is behind when it wakes
};

class SlicedStation : private Handler {
 public:
  /// `stream` places the ticks, and where tasks stand in their first slice.
  SlicedStation(Simulator& simulator, int cores, const TimeSlices& slices, Stream stream);

  /// Task `task` (a small number of the caller's choosing, asleep until now) wakes up and needs `demand` of a core; `to`
  /// is told (kind, index) when it has had it, and the task sleeps again.
  void submit(std::uint32_t task, Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index);

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
    std::uint32_t core = 0;
    bool known = false;
    bool delayed = false;  // asleep, but still in its core's queue
    Handler* to = nullptr;
    std::uint32_t kind = 0;
    std::uint32_t index = 0;
  };
  struct Core {
    std::vector<std::uint32_t> waiting;
    std::uint32_t running = 0;
    bool idle = true;
    Nanos updated = 0;
    Nanos total = 0;       // of the virtual runtimes of all that run or are in the queue
    Nanos v = 0;           // their average, kept while idle
    Nanos idle_since = 0;
    Nanos next_tick = 0;
    Nanos armed = -1;      // the earliest event asked for
    std::size_t delayed = 0;  // of those in the queue, who sleep
    std::size_t awake() const { return waiting.size() - delayed; }
    std::int64_t present() const { return static_cast<std::int64_t>(waiting.size()) + (idle ? 0 : 1); }
  };

  std::uint32_t core_for(const Task& task) const;
  void advance(Core& core);
  bool slice_over(Core& core);
  bool eligible(const Core& core, const Task& task) const { return task.v * core.present() <= core.total; }
  std::uint32_t best(const Core& core) const;
  void run_best(Core& core);
  bool run_next(Core& core);
  void leave(Core& core, std::uint32_t task);
  void start(Core& core, std::uint32_t task);
  void pull(Core& core);
  void sleep(Core& core);
  void arm(std::uint32_t number);
  void show();
  void on_event(std::uint32_t kind, std::uint32_t core) override;

  Simulator& simulator_;
  TimeSlices slices_;
  Stream stream_;
  Nanos tick_offset_;
  std::vector<Core> cores_;
  std::vector<Task> tasks_;
};

}  // namespace capplan::core
