#pragma once
// Sequential stopping: run replications until the intervals are as narrow as asked. Sources: Chow & Robbins 1965; Law,
// "Simulation Modeling and Analysis" ch. 9 (relative precision). Precision is judged at fixed checkpoints only, each
// from the replications 0..n-1 by index, whichever finished first: the answer does not depend on the number of threads.
// Limits: to stop when an interval happens to be narrow costs some of its coverage, up to three points of 95 % where
// the precision asked for is met at some twenty replications; having few looks keeps it that small.

#include <span>

#include "core/estimate.h"

namespace capplan::core {

/// When to look, and when to be content. Checkpoints are min, then those of 5, 7, 10, 14, 20, 28, 40, 56, 80, ... (x 2
/// every second step) that lie between, then max.
struct StoppingRule {
  int min = 5;                        ///< replications before the first look, 1 or more
  int max = 80;                       ///< replications after which to stop in any case, min or more
  double relative_half_width = 0.05;  ///< asked half width as a share of the value, above 0

  /// Throws std::invalid_argument naming the field that is out of range.
  void check() const;

  /// The checkpoint to run up to after `done` replications (0 or more): the first one beyond `done`, or `done` itself
  /// once max is reached.
  int next_target(int done) const;

  /// Whether an estimate is narrow enough: known, and its half width at most relative_half_width x |value|. A value of
  /// exactly zero with no width is precise; one near zero rarely is, and runs to max.
  bool precise(const Estimate& estimate) const;

  /// Whether to stop at this checkpoint: max is reached, or min is and every estimate is precise.
  bool finished(int done, std::span<const Estimate> estimates) const;
};

}  // namespace capplan::core
