#pragma once
// Many scenarios that differ in some settings: axes to points, what the store has of them, the rest to an experiment,
// and the whole to a table. A point is made when its turn comes.

#include <string>
#include <vector>

#include "plan/study/points.h"
#include "plan/study/run_options.h"
#include "plan/study/smallest.h"

namespace capplan::plan {

/// One point: a label for each axis, and its result once there is one.
struct SweepPoint {
  std::vector<std::string> labels;
  std::string hash;  ///< empty before its turn
  bool done = false;
  Result result;
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
  std::size_t planned = 0;  ///< points there are
  /// In the order of their design; of a grid, the last axis fastest. All that are planned, unless that is more than
  /// 100,000 and not all had their turn: then those up to the last that had.
  std::vector<SweepPoint> points;
  std::vector<Smallest> smallest;
  std::size_t reused = 0;  ///< points taken from the store
  Excerpt excerpt{};       ///< empty where the points are all there are

  /// Whether the points are every combination of the axes' values, the last axis fastest.
  bool is_grid() const;
};

struct SweepOptions {
  RunOptions run;
  std::string store;   ///< file of the store; empty: nothing is kept
  bool fresh = false;  ///< compute points that the store has, too
  int shard = 0;       ///< this one of `shards`: every shards-th point
  int shards = 1;
  SweepDesign design{};  ///< in place of what [sweep] says, where it says something
};

/// Takes the points that the draft's design makes of its axes: what the store has is reused, the rest computed, and
/// each point saved as it is finished. Points of other shards stay undone. Throws core::InputError; on cancellation
/// returns with points undone.
Sweep sweep(const Draft& draft, const std::vector<Override>& overrides, const std::vector<Axis>& vary,
            const SweepOptions& options, const RunHooks& hooks = {});

}  // namespace capplan::plan
