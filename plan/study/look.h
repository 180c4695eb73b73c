#pragma once
// What the replications of a scenario say so far: its result, as if no more had been asked for.

#include <span>
#include <vector>

#include "plan/study/replication.h"
#include "plan/study/run_options.h"

namespace capplan::plan {

/// A result, and whether it answers what was asked (plan/study/steering.h).
struct Look {
  Result result;
  bool answered = false;
};

/// Of the scenario's replications, one or more, and of the runs under each draw of its calibration.
Look look(const Scenario& scenario, const RunOptions& options, std::span<const Replication> replications,
          std::span<const Replication> drawn);

}  // namespace capplan::plan
