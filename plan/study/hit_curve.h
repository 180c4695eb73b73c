#pragma once
// How large a cache must be: the hit ratio of LRU at every size, for the keys of a file or of a scenario's requests,
// without running anything. Of keys that are listed, sizes up to `exact_entries` and the number of different keys are
// counted on all of them (models/cache/recent_keys.h); every other figure comes from several samples of the keys
// (models/cache/shards.h), whose spread is its interval. Limits: LRU, entries of one size, no time to live; the keys of
// one request alone, as if nobody else asked; a popularity that does not move.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/estimate.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

struct HitCurvePoint {
  double entries = 0;
  bool stated = false;  ///< the size of a cache of the scenario
  core::Estimate hit_ratio;
};

/// Sizes up to this are counted on every key of a list.
inline constexpr std::uint32_t exact_sizes = 4096;

/// The least size for a hit ratio; `entries` is not known where no size reaches it.
struct HitCurveTarget {
  double hit_ratio = 0;
  core::Estimate entries;
};

struct HitCurve {
  std::string name;          ///< of the request, or of the file
  std::string keys;          ///< what was asked for: "Zipf 0.9 over 1M keys", "keys.csv"
  double asked = 0;          ///< requests counted
  double warmup = 0;         ///< requests before them
  core::Estimate distinct;   ///< keys asked for; of listed keys exact
  double exact_entries = 0;  ///< hit ratios up to this size are exact; infinite: all are; 0: none, the keys are drawn
  core::Estimate most_hits;  ///< hit ratio if nothing ever leaves
  std::vector<HitCurvePoint> points;
  std::vector<HitCurveTarget> targets;
};

struct HitCurves {
  std::string source;  ///< the scenario's name, or the file
  std::vector<HitCurve> curves;
};

struct HitCurveOptions {
  std::string request;          ///< one request alone; empty: all that have keys
  std::vector<double> entries;  ///< sizes to show; empty: 1, 2, 5, 10, ... as far as the keys go
  std::vector<double> hit_ratios = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};  ///< to find the least size for, in (0, 1)
  std::uint64_t draws = 5'000'000;  ///< keys drawn from a popularity, of which the first half warms up
  std::uint64_t seed = 1;
  const std::atomic<bool>* cancel = nullptr;  ///< if it turns true, std::runtime_error is thrown soon
};

/// For the requests of a scenario that have keys. Throws core::InputError if there are none, or none of that
/// name, or an option is out of range.
HitCurves hit_curves(const Scenario& scenario, const HitCurveOptions& options);
/// For keys as they were asked for, all of them counted.
HitCurves hit_curves(const models::KeyTrace& keys, const std::string& name, const HitCurveOptions& options);
/// For the keys of a file (plan/capture/key_list.h).
HitCurves hit_curves(const std::string& file, const HitCurveOptions& options);

}  // namespace capplan::plan
