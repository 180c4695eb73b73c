#pragma once
// What one connection's requests say of the next: whether long ones come together, whether classes do, and how long a
// closed load's clients rest in between.
// Sources: Pearson's correlation of neighbours with Fisher's z (1921); Pearson's chi-square of the table of successive
// classes, whose effect is given as the share of repeated classes beyond what independent draws would repeat.
// Limits: durations are taken as logarithms less the mean of their class. A correlation may be the service's own: a
// host that slows down for a while, a burst that makes all wait, shows here as well as a property of the load.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/fit/batched.h"
#include "plan/fit/fit.h"

namespace capplan::plan {

struct CaptureManifest;
struct RequestLog;

/// Times between an answer and the client's next request, of a closed load.
struct ThinkTime {
  std::int64_t count = 0;
  core::Estimate mean;  ///< seconds, 95 %
  LogLevel median;      ///< to be compared
  std::string family;
  core::Distribution distribution;
  double ks = 0;
  bool none = false;  ///< less than a hundredth of the durations: the clients do not rest
};

struct SequenceFit {
  std::int64_t pairs = 0;    ///< of successive requests of one client
  core::Estimate durations;  ///< lag-1 correlation of ln duration within classes, -1..1, 95 %
  double durations_p = 1;    ///< of it if there were none
  core::Estimate repeats;    ///< share of pairs of one class, less what independent draws would have; 95 %
  double classes_p = 1;      ///< of the table of successive classes if they were independent
  std::optional<ThinkTime> think;
};

SequenceFit fit_sequence(const CaptureManifest& manifest, const RequestLog& log);

}  // namespace capplan::plan
