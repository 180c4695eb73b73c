#pragma once
// An external call of a service, as [call.NAME]: a semaphore of the process, a connection of an HTTP client, the time
// of the other side, its errors, a timeout, a deadline, retries and a circuit breaker of its own. The other side is
// taken to have room for all. Sources: CPython Lib/asyncio/locks.py (Semaphore), httpx Timeout (of one try, from when
// it is sent), httpcore httpcore/_async/http11.py (a response that was not read to its end closes the connection), gRPC
// guides (Deadlines). A try takes a permit, then a connection, and gives both back before it pauses. A call that is
// given up, by its timeout, its deadline or its request, is over for this side; one that waited for a connection keeps
// its place in the line. Oracle: M/M/c with c = concurrency, or the connections of the pool; M/M/c+D with max_wait, or
// the pool's timeout.

#include <memory>

#include "models/pool/pool.h"
#include "models/service/breaker.h"
#include "models/service/retry.h"
#include "models/service/semaphore.h"

namespace capplan::models {

class ExternalCall : private core::Handler, private Caller {
 public:
  /// `pool` has the connections that it goes over; null: there are as many as are wanted, and none is opened.
  ExternalCall(Build& build, const Section& section, Pool* pool);

  /// Starts one for a request; `reply` is told how it ended, unless it is given up. `turn` deals it to an instance,
  /// `draws` names its random numbers. Returns its number.
  std::uint32_t start(std::uint32_t request, std::uint64_t turn, std::uint64_t draws, const Reply& reply);
  /// The request waits no longer: whatever the call holds is free.
  void give_up(std::uint32_t number);

 private:
  enum Kind : std::uint32_t { ends, pause_over, too_late };  // events
  enum Answer : std::uint32_t { permitted, connected };      // of the semaphore, of the pool

  struct Call {
    Reply reply;
    std::uint32_t request = 0;
    std::uint32_t instance = 0;
    std::uint64_t draws = 0;
    std::uint32_t tries = 0;  // begun
    std::uint32_t permission = 0;
    std::uint32_t ticket = 0;
    std::uint32_t lease = 0;
    std::uint64_t turn = 0;
    enum class At : std::uint8_t { line, pool, other_side, pause } at = At::line;
    bool given_up = false;
    ClientError result = ClientError::none;  // of the try on the other side
    core::Nanos begun = 0;
    core::Nanos mark = 0;
    core::Timer deadline;
  };

  void begin_try(std::uint32_t number);
  void connect(std::uint32_t number);
  void send(std::uint32_t number);
  void leave_semaphore(const Call& call);
  void let_go(std::uint32_t number);
  core::Nanos time_left(const Call& call) const;
  void late(std::uint32_t number);
  void try_ended(std::uint32_t number, ClientError result);
  void over(std::uint32_t number, ClientError error);
  void answer(std::uint32_t number, ClientError error);
  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  core::Simulator& simulator_;
  Accounts& accounts_;
  Pool* pool_;
  core::Distribution time_;
  core::Distribution error_time_;
  double error_rate_;
  core::Nanos timeout_;
  core::Nanos deadline_;
  core::Stream time_stream_;
  core::Stream error_stream_;
  core::Counter& calls_;
  core::Counter& ended_;
  core::Counter& errors_;
  core::Histogram& latency_;
  std::unique_ptr<CircuitBreaker> breaker_;
  std::unique_ptr<Retries> retries_;
  std::vector<std::unique_ptr<Semaphore>> semaphores_;  // one for each instance; none without a limit
  std::vector<Call> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace capplan::models
