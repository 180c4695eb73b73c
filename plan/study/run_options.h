#pragma once
// How a study is computed, and how it tells how far it is: what every question about scenarios has in common.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "core/stopping.h"
#include "plan/study/result.h"

namespace capplan::plan {

struct RunOptions {
  std::uint64_t seed = 1;
  core::StoppingRule stopping{5, 30, 0.05};  ///< min == max: that many replications, whatever the precision
  int threads = 0;                           ///< 0: as many as the machine has cores
  int processes = 0;                         ///< in place of threads; 0: none
  std::string program{};                     ///< of each process: capplan, whose verb `worker` it is given
  bool precision_asked = false;              ///< else it steers only where no SLO is stated
  double margin = 0.01;                      ///< of a comparison: what has practical importance, as a share
  double budget_s = 0;                       ///< wall clock after which no new replications are begun; 0: none
  int draws = 0;  ///< of the calibration's parameters, which scenarios hold then (plan/scenario/draws.h); no budget
};

/// How far a study is, for progress lines.
struct Progress {
  std::size_t done = 0;  ///< points finished
  std::size_t total = 0;
  double work_done = 0;  ///< share of the expected work, 0..1
  double events = 0;     ///< handled so far
  double elapsed_s = 0;
  std::string latest{};  ///< the last finished point's p99, as text; may be empty
};

struct RunHooks {
  std::function<void(std::size_t scenario, const Result& result)>
      finished;                                   ///< once a scenario, from one thread at a time
  std::function<void(const Progress&)> progress;  ///< often, from one thread at a time
  const std::atomic<bool>* cancel = nullptr;      ///< set to stop; finished points are kept
};

}  // namespace capplan::plan
