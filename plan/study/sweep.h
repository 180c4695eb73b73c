#pragma once
// A grid of scenarios: axes to points, what the store has of them, the rest to the runner, and the whole to a table.

#include <string>
#include <vector>

#include "plan/study/runner.h"

namespace capplan::plan {

/// One point of the grid: a label for each axis, and its result once there is one.
struct SweepPoint {
  std::vector<std::string> labels;
  std::string hash;
  bool done = false;
  Result result;
};

/// For one setting of the other axes: the least value of a costing axis that meets every SLO.
struct Smallest {
  std::vector<std::string> others;  ///< "workload.api.rate = 100/s", one for each other axis
  std::string key;                  ///< "pool.codebase.size"
  std::string label;                ///< empty: no value of the axis meets them
  bool undecided_below = false;     ///< a smaller value might, at a better precision
};

/// What is to be said of a sweep that holds a part of its grid alone, as pages do of large ones.
struct Excerpt {
  std::string headline;  ///< of the whole
  std::string left_out;  ///< what is here, and where the rest is
};

struct Sweep {
  std::string name;
  std::uint64_t seed = 1;
  std::vector<Axis> axes;
  std::vector<SweepPoint> points;  ///< last axis fastest
  std::vector<Smallest> smallest;
  std::size_t reused = 0;  ///< points taken from the store
  Excerpt excerpt{};       ///< empty where the points are all there are
};

struct SweepOptions {
  RunOptions run;
  std::string store;   ///< file of the store; empty: nothing is kept
  bool fresh = false;  ///< compute points that the store has, too
  int shard = 0;       ///< this one of `shards`: every shards-th point
  int shards = 1;
};

/// Expands the draft's axes, reuses what the store has, computes the rest, saves each point as it is finished. Points
/// of other shards stay undone. Throws core::InputError; on cancellation returns with points undone.
Sweep sweep(const Draft& draft, const std::vector<Override>& overrides, const std::vector<Axis>& vary,
            const SweepOptions& options, const RunHooks& hooks = {});

}  // namespace capplan::plan
