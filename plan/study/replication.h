#pragma once
// One run of a scenario, from a description that holds all it depends on: who computes it, where and when, makes no
// difference to a bit.

#include <atomic>
#include <memory>
#include <vector>

#include "core/meters.h"
#include "plan/study/alerts.h"

namespace capplan::plan {

/// How the runs of a scenario are made.
struct RunFrame {
  core::Nanos duration = 0;
  core::Nanos warmup = -1;  ///< as asked for; < 0: to be found
  bool moving = false;      ///< the load changes over time by design: there is no steady state to look for
};

/// What one run left.
struct Replication {
  core::Recording recording;
  std::vector<AlertRun> alerts{};  ///< of the scenario's alerts; none of a draw
};

/// Runs of one scenario, in the order of their numbers.
using Batch = std::vector<Replication>;

/// Runs [first, last) of a scenario. Runs are numbered: first those of the draws of its calibration, a run each, then
/// the replications.
struct Simulation {
  std::shared_ptr<const Scenario> scenario;
  std::uint64_t seed = 1;
  int first = 0;
  int last = 0;
  int paired = 1;  ///< draw d runs on the random numbers of replication d mod `paired`
};

/// Of a scenario.
RunFrame frame_of(const Scenario& scenario);

/// Computes them. What it returns is of no use once `cancel` is set. Throws core::InputError for what only building can
/// tell.
Batch simulate(const Simulation& simulation, const std::atomic<bool>* cancel = nullptr);

}  // namespace capplan::plan
