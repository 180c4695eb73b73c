#pragma once
// A log-linear histogram of spans of time, after HdrHistogram (Tene): 128 buckets to the octave, so that a bucket is at
// most 1/128 of its value wide and a quantile read from the middle of one is off by at most 0.4 %. Exact below 256 ns.
// Merging adds counts: quantiles of a merged histogram are those of the merged sample. Mean and extremes are exact.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/time.h"

namespace capplan::core {

/// What a histogram saw between two moments: only the buckets that were hit.
struct HistogramSlice {
  struct Bucket {
    std::uint16_t index;
    std::uint32_t count;
  };
  std::vector<Bucket> buckets;
  std::uint64_t count = 0;
  double sum = 0;  ///< seconds
  Nanos max = 0;
};

class Histogram {
 public:
  /// Counts a span; a negative one counts as 0. Never allocates.
  void record(Nanos span) {
    const auto value = static_cast<std::uint64_t>(span > 0 ? span : 0);
    const std::size_t i = index(value);
    ++counts_[i];
    ++count_;
    sum_ += static_cast<double>(value);
    lowest_ = std::min(lowest_, i);
    highest_ = std::max(highest_, i);
    max_ = std::max(max_, static_cast<Nanos>(value));
  }

  std::uint64_t count() const { return count_; }
  /// Mean in seconds; 0 of nothing.
  double mean() const { return count_ > 0 ? sum_ * 1e-9 / static_cast<double>(count_) : 0; }
  /// The greatest span recorded.
  Nanos max() const { return max_; }
  /// The value in seconds that a share p in [0, 1] of the sample does not exceed; 0 of nothing. Within a bucket the
  /// sample is taken as evenly spread.
  double quantile(double p) const;
  /// Share of the sample above `span`, to the width of a bucket; 0 of nothing.
  double share_above(Nanos span) const;

  void merge(const Histogram& other);
  void merge(const HistogramSlice& slice);
  /// What was recorded since the last take(), or ever; leaves the histogram empty.
  HistogramSlice take();

  static constexpr std::size_t bucket_count = (63 - 8 + 2) * 128;
  /// The bucket of a value, and where bucket `i` begins; both in nanoseconds.
  static std::size_t index(std::uint64_t value) {
    const int shift = std::max(0, 56 - std::countl_zero(value | 1));
    return static_cast<std::size_t>(shift) * half + static_cast<std::size_t>(value >> shift);
  }
  static double lower_bound(std::size_t i) {
    if (i < 2 * half) return static_cast<double>(i);
    const std::size_t shift = i / half - 1;
    return static_cast<double>(i - shift * half) * static_cast<double>(std::uint64_t{1} << shift);
  }

 private:
  static constexpr std::size_t half = 128;
  static constexpr std::size_t size = bucket_count;

  std::array<std::uint64_t, size> counts_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;  // nanoseconds
  std::size_t lowest_ = size;
  std::size_t highest_ = 0;
  Nanos max_ = 0;
};

}  // namespace capplan::core
