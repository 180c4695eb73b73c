#pragma once
// An external call of a service, as [call.NAME]: a semaphore of the process, the time of the other side, its errors, a
// timeout, retries and a circuit breaker of its own. The other side is taken to have room for all.
// Sources: CPython Lib/asyncio/locks.py (Semaphore), httpx Timeout (of one try, from when it is sent). A try takes a
// permit, and gives it back before it pauses. A call that is given up, by its timeout or by its request, is over for
// this side. Oracle: M/M/c with c = concurrency; M/M/c+D with max_wait.

#include <memory>

#include "models/service/breaker.h"
#include "models/service/retry.h"
#include "models/service/semaphore.h"

namespace capplan::models {

class ExternalCall : private core::Handler, private Caller {
 public:
  ExternalCall(Build& build, const Section& section);

  /// Starts one for a request; `reply` is told how it ended, unless it is given up. `turn` deals it to an instance,
  /// `draws` names its random numbers. Returns its number.
  std::uint32_t start(std::uint32_t request, std::uint64_t turn, std::uint64_t draws, const Reply& reply);
  /// The request waits no longer: whatever the call holds is free.
  void give_up(std::uint32_t number);

 private:
  enum Kind : std::uint32_t { ends, pause_over };  // events

  struct Call {
    Reply reply;
    std::uint32_t request = 0;
    std::uint32_t instance = 0;
    std::uint64_t draws = 0;
    std::uint32_t tries = 0;  // begun
    std::uint32_t permission = 0;
    std::uint32_t ticket = 0;
    enum class At : std::uint8_t { line, other_side, pause } at = At::line;
    bool given_up = false;
    ClientError result = ClientError::none;  // of the try on the other side
    core::Nanos begun = 0;
    core::Nanos mark = 0;
  };

  void begin_try(std::uint32_t number);
  void send(std::uint32_t number);
  void try_ended(std::uint32_t number, ClientError result);
  void over(std::uint32_t number, ClientError error);
  void answer(std::uint32_t number, ClientError error);
  void on_event(std::uint32_t kind, std::uint32_t index) override;
  void on_reply(std::uint32_t kind, std::uint32_t index, Outcome outcome) override;

  core::Simulator& simulator_;
  Accounts& accounts_;
  core::Distribution time_;
  core::Distribution error_time_;
  double error_rate_;
  core::Nanos timeout_;
  core::Stream time_stream_;
  core::Stream error_stream_;
  core::Counter& calls_;
  core::Counter& errors_;
  core::Histogram& latency_;
  std::unique_ptr<CircuitBreaker> breaker_;
  std::unique_ptr<Retries> retries_;
  std::vector<std::unique_ptr<Semaphore>> semaphores_;  // one for each instance; none without a limit
  std::vector<Call> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace capplan::models
