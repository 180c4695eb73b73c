#pragma once
// The costs of a service that a simulation of it needs, fitted or given, and a capture as a scenario: what was running,
// under the load that was offered, with these costs. So a capture is replayed by the same models that answer every
// other question. Limits: one server, one statement a request, pgbench's way of offering load: an open load is
// scheduled, and the client that has been done for longest takes the next request of the schedule.

#include <string>
#include <vector>

#include "core/distribution.h"
#include "plan/capture/manifest.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// What one statement of a class costs. Times in seconds.
struct ClassCosts {
  std::string name;
  core::Distribution hot;  ///< on a core, its backend's data in the processor's caches
  double cold = 0;         ///< more of it, in the mean, on a backend that has rested for long
  bool writes = false;     ///< its commit waits for WAL flushes
};

/// What contention is made of. Each can be left out of the model, to see what it is worth.
struct ContentionEffects {
  bool slices = true;         ///< cores are shared in time slices; else ideally
  bool delay_dequeue = true;  ///< a backend that had more than its share is behind when it wakes
  bool place_lag = true;      ///< a backend that had less than its share is ahead when it wakes
  bool cold = true;           ///< a backend that has rested costs more
  bool idle_cold = true;      ///< so does a core that has been idle
  bool round_trip = true;     ///< time between client and server, on no core of the server
  bool commit_turns = true;   ///< a commit waits for several flushes, each followed by a turn on a core; else for one
};

/// An effect by the name that users give it.
struct NamedEffect {
  const char* name;
  bool ContentionEffects::*on;
  const char* meaning;  ///< what is left out with it
};
inline constexpr NamedEffect contention_effects[] = {
    {"slices", &ContentionEffects::slices, "cores shared in time slices"},
    {"delay_dequeue", &ContentionEffects::delay_dequeue,
     "backends that had more than their share are behind when they wake"},
    {"place_lag", &ContentionEffects::place_lag, "backends that had less than their share are ahead when they wake"},
    {"cold", &ContentionEffects::cold, "backends that have rested cost more"},
    {"idle_cold", &ContentionEffects::idle_cold, "cores that have been idle cost more"},
    {"round_trip", &ContentionEffects::round_trip, "time between client and server on no core of the server"},
    {"commit_turns", &ContentionEffects::commit_turns, "several flushes a commit, each with a turn on a core"},
};

/// What all classes share. Times in seconds.
struct ServiceCosts {
  std::vector<ClassCosts> classes;
  double round_trip = 0;           ///< between client and server and back, on no core of the server
  double cold_after = 0.01;        ///< rest in which a backend loses 63 % of what it had in caches
  double idle_cold = 0;            ///< how much more a core adds that has been idle, as a multiple of the cold cost
  double idle_cold_after = 0.005;  ///< idle time in which it comes to 63 % of that
  double cold_cv = 0.4;            ///< of the cold cost from statement to statement
  double flush = 4e-4;             ///< mean of one WAL flush
  double flush_cv = 0.4;
  int commit_waits = 2;       ///< flushes and turns on a core of one commit
  double commit_cpu = 2e-5;   ///< of one such turn
  double bouncer_cpu = 2e-5;  ///< of PgBouncer for a query
  double probe = 0;           ///< mean latency of the probe at which the costs were taken; 0: there was none
  ContentionEffects effects;
  double lateness = 0;  ///< by which the load generator misses its schedule when it has nothing else to do
};

/// The calibration that holds these costs: [query.CLASS], and [costs.server], [costs.pool], [costs.bouncer] for every
/// section of that word.
models::Table to_calibration(const ServiceCosts& costs);

/// What capture_scenario resolves.
Draft capture_draft(const CaptureManifest& manifest, const models::Table& calibration, double probe);

/// The capture as a scenario whose sections are named server.primary, bouncer.main, pool.clients, query.CLASS,
/// request.CLASS, workload.load; costs come from `calibration`. `probe` is that of the costs: a host that the capture's
/// own probes show to be slower has slower cores. Throws core::InputError if costs of a class are missing.
Scenario capture_scenario(const CaptureManifest& manifest, const models::Table& calibration, double probe);

}  // namespace capplan::plan
