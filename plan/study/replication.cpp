#include "plan/study/replication.h"

#include <algorithm>

#include "models/system.h"
#include "models/workload/shape.h"

namespace capplan::plan {

namespace {

Replication run_of(const Simulation& simulation, const RunFrame& frame, int run, const std::atomic<bool>* cancel) {
  const Scenario& scenario = *simulation.scenario;
  const bool drawn = run < static_cast<int>(scenario.draws.size());
  const int replication = replication_of(simulation, run);
  const bool watched = !drawn && !scenario.alerts.empty();
  models::System system(
      drawn ? scenario.draws[static_cast<std::size_t>(run)] : scenario.sections, scenario.topology,
      {simulation.seed, static_cast<std::uint64_t>(replication), frame.duration, frame.warmup, watched});
  core::Recording recording = system.run(cancel);
  const std::size_t warmup = frame.warmup > 0 ? 1 : 0;
  if (!watched || recording.ends.size() <= warmup) return {std::move(recording)};
  std::vector<AlertRun> alerts = watch(scenario.alerts, recording, warmup);
  return {joined(std::move(recording), models::steps_per_window, warmup), std::move(alerts)};
}

}  // namespace

int replication_of(const Simulation& simulation, int run) {
  const int draws = static_cast<int>(simulation.scenario->draws.size());
  return run < draws ? run % simulation.paired : run - draws;
}

RunFrame frame_of(const Scenario& scenario) {
  const models::Params& p = scenario.find("scenario")->params;
  RunFrame frame{.duration = p.duration("duration")};
  if (p.has("warmup")) frame.warmup = p.duration("warmup");
  frame.moving = std::any_of(scenario.sections.begin(), scenario.sections.end(), models::changes_over_time);
  return frame;
}

Batch simulate(const Simulation& simulation, const std::atomic<bool>* cancel) {
  if (simulation.first == simulation.last) return {};
  const RunFrame frame = frame_of(*simulation.scenario);
  Batch batch;
  for (int run = simulation.first; run < simulation.last; ++run) {
    batch.push_back(run_of(simulation, frame, run, cancel));
    // A draw is held against its replication to the last bit: both are reduced, or neither.
    const bool whole = replication_of(simulation, run) < cut_replications;
    if (simulation.cut && !whole && !(cancel != nullptr && cancel->load())) reduce(batch.back(), *simulation.cut);
  }
  return batch;
}

}  // namespace capplan::plan
