#pragma once
// What a calibrated capture's figures would have been under another capture's load: as measured there, times what
// replays of both with the calibration say that the other load, mix and host speed change. The calibration's errors are
// in both replays and mostly cancel. Both run on the same random numbers. Limits: the farther apart the loads, the more
// of the fit's own spread is to be added to the error (`apart`); a load that fills the server in either replay carries
// nothing.

#include <atomic>
#include <string>
#include <vector>

#include "plan/fit/baseline.h"

namespace capplan::plan {

/// Factors from the calibrated capture to the other, for one class.
struct CarriedClass {
  std::string name;
  LogLevel p50, p95;  ///< unknown where either replay has too few of the class
};

struct Carried {
  std::vector<CarriedClass> classes;
  LogLevel cpu;            ///< of server CPU per request, with the chance of one run on either side
  bool saturated = false;  ///< the server or the clients are full in a replay
};

/// What a calibration says of its own fit, with cautious values where there was none.
struct FitSpread {
  double p50 = 0.10, p95 = 0.15;  ///< standard deviations of ln
  double probe = 0;               ///< seconds: host speed at which the costs were taken; 0: not known
  bool fitted = false;
};
FitSpread spread_of(const models::Table& calibration);

/// How unlike two loads are: 1 for each doubling of rate, clients or connections, and for another path or kind of load.
double apart(const CaptureBaseline& a, const CaptureBaseline& b);

/// Replays both; only classes that the calibration has costs of take part. Throws core::InputError if it has none of
/// them; std::runtime_error soon after `cancel` turns true.
Carried carry(const models::Table& calibration, const CaptureBaseline& from, const CaptureBaseline& to,
              const std::atomic<bool>* cancel = nullptr);

}  // namespace capplan::plan
