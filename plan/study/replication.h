#pragma once
// One run of a scenario, from a description that holds all it depends on: who computes it, where and when, makes no
// difference to a bit.

#include <atomic>
#include <memory>
#include <optional>
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

/// The first replications of a scenario settle together how much is cut off as warm-up: of n replications min(5, n), so
/// that n are the same however one came to n.
inline constexpr int cut_replications = 5;

/// What one run left.
struct Replication {
  core::Recording recording;
  std::vector<AlertRun> alerts{};  ///< of the scenario's alerts; none of a draw

  /// Whether the cut was settled when it was made, or has been since: the recording is then one window after the cut.
  bool reduced = false;
  core::Recording course{};       ///< of a reduced one: window by window what is shown over time, by meter
  std::vector<double> highest{};  ///< of a reduced one: the highest average of a window after the cut, by meter

  /// Where its windows are.
  const core::Recording& windows() const { return reduced ? course : recording; }
};

/// Reduces what one run left to what is needed of it once its first `cut` windows are warm-up.
void reduce(Replication& replication, std::size_t cut);

/// Runs of one scenario, in the order of their numbers.
using Batch = std::vector<Replication>;

/// Runs [first, last) of a scenario. Runs are numbered: first those of the draws of its calibration, a run each, then
/// the replications.
struct Simulation {
  std::shared_ptr<const Scenario> scenario;
  std::uint64_t seed = 1;
  int first = 0;
  int last = 0;
  int paired = 1;                    ///< draw d runs on the random numbers of replication d mod `paired`
  std::optional<std::size_t> cut{};  ///< windows of warm-up, once that is settled: its runs are reduced, but for
                                     ///< those on the random numbers of the first `cut_replications`
};

/// The replication whose random numbers a run has.
int replication_of(const Simulation& simulation, int run);

/// Of a scenario.
RunFrame frame_of(const Scenario& scenario);

/// Computes them. What it returns is of no use once `cancel` is set. Throws core::InputError for what only building can
/// tell.
Batch simulate(const Simulation& simulation, const std::atomic<bool>* cancel = nullptr);

}  // namespace capplan::plan
