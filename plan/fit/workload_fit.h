#pragma once
// What a capture says about the load itself: how many requests, how unevenly they come, and which.
// Sources: Cox and Lewis 1966 (rate, index of dispersion of counts); the interval of the rate follows the central limit
// theorem of renewal counts, variance cv² x count (Cox 1962), or the index of dispersion where that is greater.
// What goes on while it is captured is in arrival_course.h, what one connection does next in sequence_fit.h, keys in
// key_fit.h. Limits: one rate for the whole capture; a rate that drifts shows as an index of dispersion above cv², and
// in its course.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/fit/arrival_course.h"
#include "plan/fit/key_fit.h"
#include "plan/fit/sequence_fit.h"

namespace capplan::plan {

struct CaptureManifest;
struct RequestLog;

/// One class of a mix.
struct MixShare {
  std::string name;
  std::int64_t count = 0;  ///< completed, skipped and failed
  double share = 0;        ///< of all of them, 0..1
};

struct WorkloadFit {
  bool open = true;           ///< else the rate is the pace that the system allowed
  core::Estimate rate;        ///< requests per second over the capture's duration, 95 %
  core::Estimate cv;          ///< of the times between arrivals, 95 %; 1 for Poisson
  core::Estimate dispersion;  ///< variance over mean of the arrivals in each second, 95 %; 1 for Poisson
  std::vector<MixShare> mix;  ///< in the manifest's order
  RateCourse course;          ///< of the completed requests, as all below
  std::vector<ScaleDispersion> scales;
  MixCourse mix_course;
  SequenceFit sequence;
  std::optional<KeyFit> keys;  ///< where the capture names a file of them
  std::vector<std::string> notes;
};

/// Rate and mix count every request; cv and dispersion only the completed, whose arrival the log gives.
WorkloadFit fit_workload(const CaptureManifest& manifest, const RequestLog& log,
                         std::span<const std::uint64_t> keys = {});

/// The keys that a manifest names, in order; none where it names no file. Throws core::InputError.
std::vector<std::uint64_t> keys_of(const CaptureManifest& manifest);

}  // namespace capplan::plan
