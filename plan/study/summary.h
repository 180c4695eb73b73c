#pragma once
// From what the replications measured to figures with intervals: the warm-up cut (MSER-5 on the number in flight), a
// figure from each replication, Student's t over them, and the verdict on whether there is a steady state at all.
// A single replication is cut into batches that stand for replications (batch means), unless its load changes over
// time: its parts are then no samples of one thing, and only several replications carry an interval.

#include <vector>

#include "core/meters.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// A stretch of a recording, whole windows [first, last): a replication without its warm-up, or a batch of one.
struct Stretch {
  const core::Recording* recording = nullptr;
  std::size_t first = 0;
  std::size_t last = 0;
};

/// How the recordings were made: the parts of a result that they do not hold.
struct RunFrame {
  core::Nanos duration = 0;
  core::Nanos warmup = -1;  ///< as asked for; < 0: to be found
  bool moving = false;      ///< the load changes over time by design: there is no steady state to look for
};

struct Steadiness {
  std::size_t first_window = 0;  ///< of those kept
  bool settled = true;           ///< MSER-5 found an end of the warm-up in the first half
  bool growing = false;          ///< what is in flight grows all through the run
  bool moving = false;           ///< the load does so by design, and the whole run counts
};

/// Judges the first `considered` recordings together (all of them if fewer), so that the cut does not move when further
/// replications are added.
Steadiness find_steadiness(const std::vector<core::Recording>& recordings, const RunFrame& frame, int considered = 5);

/// Every figure of the recordings, in the order of the meters, with requests / all added. Error shares that are zero
/// in all recordings are left out.
std::vector<Figure> figures(const std::vector<Stretch>& stretches);

/// The stretches of the recordings after `steady`: one a recording, or ten batches of a single one that is steady.
std::vector<Stretch> stretches(const std::vector<core::Recording>& recordings, const Steadiness& steady);

}  // namespace capplan::plan
