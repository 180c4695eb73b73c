#pragma once
// Processor sharing over c equal cores: of n jobs each gets min(1, c/n) of a core, times a speed that may depend on n.
// Kept in virtual time, which runs at the rate every job is served with, so that an arrival touches one heap and not
// every job (Kleinrock 1967 for the discipline). Oracles: M/G/1-PS, and M/M/c for the mean over c cores.

#include <cstdint>
#include <vector>

#include "core/meters.h"
#include "core/shared_jobs.h"

namespace capplan::core {

class SharedStation : private Handler {
 public:
  /// `speed[n - 1]` > 0 is the speed of each core with n jobs present, relative to a job alone; the last entry holds
  /// for all greater n. Empty: always 1.
  SharedStation(Simulator& simulator, int cores, std::vector<double> speed = {});

  /// Takes in a job that needs `demand` of a core alone; `to` is told (kind, index) when it is done.
  void submit(Nanos demand, Handler& to, std::uint32_t kind, std::uint32_t index);
  /// Takes back the job submitted with these; false if there is none. O(jobs).
  bool cancel(const Handler& to, std::uint32_t kind, std::uint32_t index);
  /// Drops all jobs: nobody is told.
  void clear();

  Level* busy = nullptr;  ///< if set, cores at work: min(n, c)
  Level* jobs = nullptr;  ///< if set, jobs present: n

 private:
  void advance();
  void arm();
  void changed();
  void on_event(std::uint32_t, std::uint32_t) override;

  Simulator& simulator_;
  int cores_;
  std::vector<double> speed_;
  SharedJobs heap_;  // the job that finishes first on top
  double rate_ = 1;  // of virtual time, with the jobs now present
  double virtual_now_ = 0;
  Nanos updated_ = 0;
  std::uint64_t sequence_ = 0;
  std::vector<Nanos> due_;  // times of the events asked for, the earliest last
};

}  // namespace capplan::core
