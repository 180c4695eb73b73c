#pragma once
// Trying again: how often, after which errors, after what pause, and with how much of the load at most. The pause
// before try k + 1 is min(max_backoff, backoff x factor^(k-1)), spread evenly over that x (1 - jitter, 1 + jitter).
// Sources: Resilience4j IntervalFunction.ofExponentialRandomBackoff (randomizationFactor) for the pause; Finagle
// RetryBudget for the budget, here a bucket: each request puts in `share` of a token, each retry takes one out, and the
// bucket holds `burst`. Oracle: (1 - p^(max+1)) / (1 - p) attempts where each fails with chance p by itself.

#include <optional>
#include <string>

#include "models/build.h"

namespace capplan::models {

struct RetryRules {
  std::uint32_t max = 0;    ///< tries after the first
  core::Nanos backoff = 0;  ///< the first pause
  double factor = 2;
  core::Nanos max_backoff = core::never;
  double jitter = 0;                                    ///< 0..1
  std::uint32_t on = (1U << failure_words.size()) - 1;  ///< bit i: Failure i is tried again
  std::optional<double> share{};                        ///< of the budget; absent: there is none
  double burst = 10;
};

class Retries {
 public:
  Retries(const RetryRules& rules, core::Stream jitter) : rules_(rules), tokens_(rules.burst), jitter_(jitter) {}

  /// A request has come: it pays into the budget.
  void request();
  /// The pause before another try, where `tries` have failed, the last with `error`; nothing if there is to be none, as
  /// where the pause would not end within the time that is left. `draws` names the request's random numbers.
  std::optional<core::Nanos> next(std::uint32_t tries, ClientError error, std::uint64_t draws,
                                  core::Nanos left = core::never);

  core::Counter* retries = nullptr;  ///< if set, tries after the first
  core::Counter* denied = nullptr;   ///< if set, those that the budget did not allow

 private:
  RetryRules rules_;
  double tokens_;
  core::Stream jitter_;
};

/// The parameter `retries`, of requests and of calls.
Param retries_param();
/// The parameter `deadline`, of all tries of a request or of a call together.
Param deadline_param();
/// What retries measure.
FigureSpecs retry_figures();
/// The retries of a section that has some written, with their meters below `path`; else null.
std::unique_ptr<Retries> make_retries(Build& build, const Section& section, const core::Counter& offered);

}  // namespace capplan::models
