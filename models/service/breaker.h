#pragma once
// A circuit breaker: closed it lets calls pass and counts how they end; where too many of a window fail it opens and
// refuses all; after a while it lets a few through, half-open, and by how these end it closes or opens again.
// Source: Resilience4j CircuitBreakerStateMachine (TIME_BASED window; minimumNumberOfCalls, waitDurationInOpenState,
// permittedNumberOfCallsInHalfOpenState; an open breaker turns half-open with the first call after its wait). The
// window is counted in ten parts, of a second each where it is ten seconds, as Resilience4j's is in seconds. A call
// that began before the state last changed counts no more when it ends: sony/gobreaker (afterRequest), where
// Resilience4j counts it.

#include <array>
#include <string>

#include "core/meters.h"
#include "core/simulator.h"
#include "models/build.h"

namespace capplan::models {

struct BreakerRules {
  double error_rate = 0.5;  ///< share of failures in the window at which it opens
  core::Nanos window = 10 * core::second;
  std::uint32_t min_calls = 100;         ///< ended calls in the window, fewer never open it
  core::Nanos open = 60 * core::second;  ///< how long it refuses all
  std::uint32_t half_open_calls = 10;    ///< let through after that
};

class CircuitBreaker {
 public:
  enum class State { closed, open, half_open };

  CircuitBreaker(core::Simulator& simulator, const BreakerRules& rules) : simulator_(simulator), rules_(rules) {}

  /// Whether a call may pass. If so `permission` is to be handed back, once, to ended() or withdrawn().
  bool allows(std::uint32_t& permission);
  void ended(std::uint32_t permission, bool failed);
  /// The call was given up before anybody knew how it would end.
  void withdrawn(std::uint32_t permission);

  State state() const { return state_; }

  core::Level* open = nullptr;       ///< if set, 1 while it refuses all
  core::Counter* opened = nullptr;   ///< if set, how often it opened
  core::Counter* refused = nullptr;  ///< if set, calls it refused

 private:
  static constexpr int parts = 10;
  struct Part {
    std::int64_t number = -1;
    std::uint32_t calls = 0;
    std::uint32_t failures = 0;
  };
  void enter(State state);
  void count(bool failed);

  core::Simulator& simulator_;
  BreakerRules rules_;
  State state_ = State::closed;
  std::uint32_t generation_ = 0;  // of the state: names its permissions
  core::Nanos since_ = 0;
  std::array<Part, parts> window_{};
  std::uint32_t passed_ = 0, ended_ = 0, failed_ = 0;  // half-open
};

/// The parameter `breaker`, of requests and of calls.
Param breaker_param();
/// What a breaker measures.
FigureSpecs breaker_figures();
/// The breaker of a section that has one written, with its meters; else null.
std::unique_ptr<CircuitBreaker> make_breaker(Build& build, const Section& section, const core::Counter& offered);

}  // namespace capplan::models
