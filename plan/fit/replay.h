#pragma once
// A capture beside its replay: what a simulation of the same load says of the figures that the capture measured.

#include <atomic>
#include <string>
#include <vector>

#include "core/histogram.h"
#include "plan/capture/pgbench_log.h"
#include "plan/fit/service_costs.h"

namespace capplan::plan {

/// What was measured, ready to be held against a replay. Times in seconds, ascending.
struct MeasuredClass {
  std::string name;
  std::vector<double> durations;        ///< from when a client took the request
  std::vector<double> latencies;        ///< from its scheduled start
  std::vector<double> undisturbed;      ///< durations of requests that started while no other was under way
  std::vector<std::uint8_t> windows{};  ///< of each duration: the part of the capture's time that it ended in, from 0
};

/// Share of its cores at which a server counts as full: durations are waits then.
inline constexpr double full_server = 0.97;

/// So measured; a single client fills no queue.
inline bool is_full(const CaptureManifest& m) { return m.clients > 1 && m.server_cpu && *m.server_cpu > full_server; }

/// Equal parts of a capture's time, long beside what follows one request from another.
inline constexpr int capture_windows = 20;

struct MeasuredCapture {
  CaptureManifest manifest;
  std::vector<MeasuredClass> classes;
  double mean_wait = 0;  ///< for a free client
  double median_wait = 0;
  double completed_per_s = 0;
  std::vector<std::string> warnings;  ///< what to know before believing the figures
};

/// What a log says, or the log of a manifest, which throws core::InputError. Classes and mix that the manifest leaves
/// open are those of the log.
MeasuredCapture measure(const CaptureManifest& manifest, const RequestLog& log);
MeasuredCapture measure(const CaptureManifest& manifest, bool lenient = false);

/// The same figures of one or more simulated runs.
struct ReplayedClass {
  std::string name;
  core::Histogram durations;
  core::Histogram latencies;
  double completed = 0;       ///< requests
  double server_seconds = 0;  ///< on and waiting for the server's cores and disk, summed over them
};

struct Replay {
  std::vector<ReplayedClass> classes;  ///< as the scenario's requests
  core::Histogram waits;
  core::Histogram bouncer_waits;  ///< for a server connection, in PgBouncer
  double completed = 0;           ///< requests, of all runs
  double cpu_seconds = 0;
  double seconds = 0;    ///< simulated, of all runs
  bool growing = false;  ///< more came than was done
};

/// Runs scenarios made by capture_scenario `runs` times each, on all cores: of each scenario what each run measured.
/// Nothing is left out at the start: a capture has no warm-up either. Throws std::runtime_error soon after `cancel`
/// turns true.
std::vector<std::vector<Replay>> replays(const std::vector<Scenario>& scenarios, std::uint64_t seed, int runs,
                                         const std::atomic<bool>* cancel = nullptr);

/// The same of one scenario on this thread, all runs together.
Replay replay(const Scenario& scenario, std::uint64_t seed, int runs, const std::atomic<bool>* cancel = nullptr);

/// Adds what one replay measured to another.
void merge(const Replay& from, Replay& into);

}  // namespace capplan::plan
