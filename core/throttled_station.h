#pragma once
// Processor sharing over c cores under a quota: of n jobs each gets min(1, c/n) of a core until all together have used
// their quota of processor time; then all stand still until the next period begins with a full one. That is a Linux
// control group with cpu.max ("200000 100000"), as a container's CPU limit sets it.
// Source: Linux Documentation/scheduler/sched-bwc.rst, kernel/sched/fair.c (throttle_cfs_rq,
// do_sched_cfs_period_timer). Left out: the slices of 5 ms in which cores draw on the quota
// (sched_cfs_bandwidth_slice_us), which leave some of it unused, and bursts (cpu.max.burst). Without a quota it is
// core/shared_station.h, with the same oracles.

#include <cstdint>
#include <vector>

#include "core/meters.h"
#include "core/shared_jobs.h"

namespace capplan::core {

class ThrottledStation : private Handler {
 public:
  /// `quota`: cores' worth of time in each period, above 0; 0 for no quota. Periods begin at multiples of `period`.
  ThrottledStation(Simulator& simulator, int cores, double quota, Nanos period);

  /// Takes in a job that needs `demand` of a core alone; `to` is told (kind, index) when it is done.
  void submit(Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index);
  /// Takes back the job submitted with these; false if there is none. O(jobs).
  bool cancel(const Handler& to, std::uint32_t kind, std::uint32_t index);
  /// Drops all jobs; nobody is told.
  void clear();

  Level* busy = nullptr;           ///< if set, cores at work
  Level* throttled = nullptr;      ///< if set, 1 while jobs stand still for want of quota
  Counter* periods = nullptr;      ///< if set, periods in which there was a job: nr_periods of cpu.stat
  Counter* cut_periods = nullptr;  ///< if set, those of them whose quota ran out: nr_throttled

 private:
  double used_cores() const;
  double rate() const;
  void advance();
  void refill();
  void changed();
  void set_throttled(bool to);
  void arm();
  void on_event(std::uint32_t kind, std::uint32_t index) override;

  Simulator& simulator_;
  double cores_;
  double quota_;  // nanoseconds of processor time in a period; 0: none
  Nanos period_;
  SharedJobs heap_;  // the job that finishes first on top
  double virtual_now_ = 0;
  Nanos updated_ = 0;
  double left_ = 0;       // of the quota of this period
  Nanos period_end_ = 0;  // 0: none has begun
  bool throttled_ = false;
  double counted_ = 0;  // of `busy`
  std::uint64_t sequence_ = 0;
  Timer timer_;
};

}  // namespace capplan::core
