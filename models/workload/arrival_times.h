#pragma once
// When the requests of an open workload come. Gaps of mean 1 are drawn, and taken through the inverse of the integrated
// rate: so the rate is met at every moment, and the coefficient of variation of the gaps is kept. Bursts are a chain of
// states that multiply the rate, each for an exponential time (a Markov-modulated Poisson process).
// Source: Gerhardt and Nelson, INFORMS J. Comput. 2009; Fischer and Meier-Hellstern, "The Markov-modulated Poisson
// process cookbook", Performance Evaluation 18, 1993.
// Limit: the states of a burst follow each other in a ring, which for two states is all there is.

#include <optional>
#include <vector>

#include "core/distribution.h"
#include "core/rate_curve.h"
#include "models/build.h"

namespace capplan::models {

class ArrivalTimes {
 public:
  /// Of a section with `rate`, `arrivals` and the parameters of shape_params().
  ArrivalTimes(Build& build, const Section& section);

  /// The next arrival after the one before it, which was now; core::never if none comes any more.
  core::Nanos next(core::Nanos now);

 private:
  struct State {
    double factor;     // on the rate
    double mean_stay;  // seconds
  };

  void read_bursts(const Params& mmpp);
  void enter(std::size_t state, double at);

  core::Stream gaps_;
  core::Distribution gap_;                // of mean 1, or of the mean gap where the rate never changes
  std::optional<core::RateCurve> curve_;  // nothing: the rate never changes
  double at_ = 0;                         // seconds: the last arrival
  double area_ = 0;                       // of the curve, up to then
  std::vector<State> states_;
  core::Stream bursts_;
  std::size_t state_ = 0;
  double left_at_ = 0;  // when the state ends
};

}  // namespace capplan::models
