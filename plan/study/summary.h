#pragma once
// From what the replications measured to figures with intervals: a figure from each replication after its warm-up, and
// Student's t over them.
// A single replication is cut into batches that stand for replications (batch means), unless its load changes over
// time: its parts are then no samples of one thing, and only several replications carry an interval.

#include <span>
#include <vector>

#include "plan/study/steadiness.h"

namespace capplan::plan {

/// A stretch of a recording, whole windows [first, last): a replication without its warm-up, or a batch of one.
struct Stretch {
  const core::Recording* recording = nullptr;
  std::size_t first = 0;
  std::size_t last = 0;
  const std::vector<double>* highest = nullptr;  ///< of a reduced replication: the highest window, by meter
};

/// Every figure of the stretches, in the order of the meters, with requests / all added. Error shares that are zero
/// in all of them are left out.
std::vector<Figure> figures(const std::vector<Stretch>& stretches);

/// What is left of the replications after `steady`: a stretch each, or ten batches of a single one that is steady.
std::vector<Stretch> stretches(std::span<const Replication> replications, const Steadiness& steady);

}  // namespace capplan::plan
