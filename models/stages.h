#pragma once
// Where a request's time goes: each stage adds what it took to the request's account.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace capplan::models {

enum class Stage : std::uint8_t {
  cache,         ///< asking the caches
  pool_wait,     ///< waiting for, or opening, a connection of the application's pool
  bouncer_wait,  ///< waiting in PgBouncer for a server connection
  bouncer,       ///< PgBouncer's own processor, its queue included
  network,       ///< round trips between the application and what its pool connects to
  cpu_wait,      ///< on the server, waiting for a share of a core
  cpu,           ///< on the server, computing
  io,            ///< on the server, at the disk, its queue included
  commit,        ///< waiting for the WAL flush
  release,       ///< giving a connection back: a reset or rollback, and its queues, where the caller waits for it
  queue,         ///< waiting to be let in: at a bulkhead, or for a worker
  call_wait,     ///< waiting for the semaphore of an external call
  call,          ///< the external call, tries that failed included
  service_wait,  ///< in the service's container, waiting for a core or throttled
  service_cpu,   ///< in the service's container, computing
  batch,         ///< from joining a batch to its answer
  backoff,       ///< pausing before another attempt, of the request or of a call
  failed,        ///< attempts of the request that failed before the one that did not
};

inline constexpr std::array<std::string_view, 18> stage_names = {
    "cache",   "pool_wait", "bouncer_wait", "bouncer", "network",      "cpu_wait",    "cpu",   "io",      "commit",
    "release", "queue",     "call_wait",    "call",    "service_wait", "service_cpu", "batch", "backoff", "failed"};

using StageTimes = std::array<core::Nanos, stage_names.size()>;

/// The accounts of all requests in flight, by request number.
class Accounts {
 public:
  void open(std::uint32_t request) {
    if (request >= times_.size()) times_.resize(request + 1);
    times_[request] = {};
  }
  void add(std::uint32_t request, Stage stage, core::Nanos span) {
    if (request < times_.size()) times_[request][static_cast<std::size_t>(stage)] += span;
  }
  const StageTimes& of(std::uint32_t request) const { return times_[request]; }

 private:
  std::vector<StageTimes> times_;
};

/// The request of work that belongs to none: logins, resets.
inline constexpr std::uint32_t no_request = 0xffffffff;

}  // namespace capplan::models
