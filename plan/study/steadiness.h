#pragma once
// How much of a run is warm-up, and whether it has a steady state at all: MSER-5 on the number of requests inside, and
// every stock (core/figure_spec.h) window by window. A stock that rises moves the cut to where it is level, if that is
// in the first half of the run; else it still rises, and what rests on it is of no steady state. Limit: a rise that is
// over early in the run does not show in the test over all of it, and is left to the cut of what is in flight.

#include <span>
#include <vector>

#include "plan/study/replication.h"

namespace capplan::plan {

/// A stock that is not level by the first half of the run, or that a given warm-up is too short for.
struct Riser {
  std::size_t meter = 0;
  double last_quarter = 0;  ///< rise over the last quarter of the run, as a share of where that began
  double settled_s = 0;     ///< time since the start of the run after which it would be level; 0: not to be seen
  friend bool operator==(const Riser&, const Riser&) = default;
};

struct Steadiness {
  std::size_t first_window = 0;  ///< of those kept
  bool settled = true;           ///< MSER-5 found an end of the warm-up in the first half
  bool growing = false;          ///< what is in flight grows all through the run
  bool moving = false;           ///< the load does so by design, and the whole run counts
  std::vector<Riser> rising{};   ///< stocks, in the order of the meters
};

/// Rise of a stock over a quarter of a run, as a share of its mean, that passes for level.
inline constexpr double level_rise = 0.02;
/// How often any stock of a steady scenario may be taken for a rising one.
inline constexpr double false_alarms = 0.01;

/// Judges the first `cut_replications` together (all of them if fewer), none of which is reduced.
Steadiness find_steadiness(std::span<const Replication> replications, const RunFrame& frame);

}  // namespace capplan::plan
