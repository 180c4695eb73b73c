#pragma once
// A service built from the sections of a scenario, ready to run: it owns every component, and one run of it.

#include <atomic>
#include <memory>
#include <vector>

#include "models/build.h"
#include "models/cache/request_caches.h"
#include "models/failure/failures.h"
#include "models/pool/pool.h"
#include "models/topology.h"
#include "models/walk.h"

namespace capplan::models {

/// What one run is: which random numbers, how long. Results depend on nothing else.
struct RunSettings {
  std::uint64_t seed = 1;
  std::uint64_t replication = 0;
  core::Nanos duration = 0;  ///< simulated, warm-up included
  core::Nanos warmup = -1;   ///< if >= 0: a window of its own at the start
  bool fine = false;         ///< a window a step, after a given warm-up: for who watches the run closely
};

/// Windows that the time after a given warm-up, or all of it, is cut into; and the steps of the in-flight series.
inline constexpr int windows_per_run = 40;
inline constexpr int steps_per_window = 25;

class System {
 public:
  /// Builds every component of the sections, whose topology this is. Throws core::InputError for what only building
  /// can tell.
  System(const std::vector<Section>& sections, const Topology& topology, const RunSettings& settings);
  System(const std::vector<Section>& sections, const RunSettings& settings)
      : System(sections, topology_of(sections), settings) {}
  ~System();

  /// Runs to the end and hands over what was measured. If `cancel` turns true on the way, stops within a thousandth
  /// of the run and returns what there is.
  core::Recording run(const std::atomic<bool>* cancel = nullptr);

  core::Simulator& simulator() { return simulator_; }

 private:
  void build_endpoints(Build& build, const std::vector<Section>& sections, const Topology& topology);
  void build_queries(Build& build, const std::vector<Section>& sections, const Topology& topology);
  void build_service(Build& build, const std::vector<Section>& sections, const Topology& topology);
  void build_requests(Build& build, const std::vector<Section>& sections, const Topology& topology);
  void run_steps(core::Nanos length, int steps, int window, const std::atomic<bool>* cancel);

  RunSettings settings_;
  core::Simulator simulator_;
  core::Meters meters_;
  Accounts accounts_;
  Walk walk_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::map<std::string, std::unique_ptr<Pool>> pools_;
  CachesByPath caches_;
  StepTargets targets_;  // queries, calls, batches, jobs
  Guards guards_;
  std::vector<std::unique_ptr<Workload>> workloads_;
  Failures failures_{simulator_};
  std::vector<double> in_flight_;
  double in_flight_read_ = 0;
};

}  // namespace capplan::models
