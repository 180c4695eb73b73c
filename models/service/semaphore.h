#pragma once
// So many at once, the others in line: what a bulkhead, the semaphore of an external call and a pool of workers are.
// Waiters are served first in, first out; their number and patience may be limited, and a queue that does not drain may
// send them away (codel.h). With exponential service it is M/M/c, M/M/c+D with a patience, M/M/c/K with limited room.
// Source: CPython Lib/asyncio/locks.py (Semaphore: a permit that is given back goes to the first waiter); Resilience4j
// SemaphoreBulkhead (maxConcurrentCalls, maxWaitDuration).

#include <limits>
#include <optional>

#include "core/meters.h"
#include "core/wait_queue.h"
#include "models/service/codel.h"
#include "models/service/gate.h"

namespace capplan::models {

struct SemaphoreRules {
  std::uint32_t permits = 1;
  std::size_t max_waiting = std::numeric_limits<std::size_t>::max();
  core::Nanos max_wait = core::never;
  std::optional<Codel> codel{};
  ClientError timeout_error = ClientError::none;  ///< said to whom max_wait has passed
};

class Semaphore final : public Gate, private core::Handler {
 public:
  Semaphore(core::Simulator& simulator, const SemaphoreRules& rules)
      : simulator_(simulator), rules_(rules), queue_(simulator, rules.max_wait, *this, 0) {}

  Entry enter(const Reply& reply, std::uint32_t& ticket) override;
  /// Gives a permit back, whichever: the first in line has it at the same instant.
  void leave();
  void leave(std::uint32_t) override { leave(); }
  void cancel(std::uint32_t ticket) override;

  core::Level* busy = nullptr;      ///< if set, permits given out
  core::Level* waiting = nullptr;   ///< if set, those in line
  core::Histogram* wait = nullptr;  ///< if set, the wait of each that got a permit or gave up

 private:
  void take(core::Nanos waited);
  void gave_up(core::Nanos since);
  void on_event(std::uint32_t kind, std::uint32_t index) override;

  core::Simulator& simulator_;
  SemaphoreRules rules_;
  std::uint32_t taken_ = 0;
  core::WaitQueue<Reply> queue_;
};

}  // namespace capplan::models
