#include "core/histogram.h"

namespace capplan::core {

double Histogram::quantile(double p) const {
  if (count_ == 0) return 0;
  const double rank = p * static_cast<double>(count_);
  double below = 0;
  for (std::size_t i = lowest_; i <= highest_; ++i) {
    const auto here = static_cast<double>(counts_[i]);
    if (here > 0 && below + here >= rank) {
      if (i < 2 * half) return static_cast<double>(i) * 1e-9;  // a bucket of one value
      const double part = std::max(0.0, rank - below) / here;
      const double value = lower_bound(i) + part * (lower_bound(i + 1) - lower_bound(i));
      return std::min(value, static_cast<double>(max_)) * 1e-9;
    }
    below += here;
  }
  return to_seconds(max_);
}

double Histogram::share_above(Nanos span) const {
  if (count_ == 0) return 0;
  std::uint64_t above = 0;
  for (std::size_t i = std::max(lowest_, index(static_cast<std::uint64_t>(std::max<Nanos>(span, 0))) + 1);
       i <= highest_; ++i)
    above += counts_[i];
  return static_cast<double>(above) / static_cast<double>(count_);
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  for (std::size_t i = other.lowest_; i <= other.highest_; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  lowest_ = std::min(lowest_, other.lowest_);
  highest_ = std::max(highest_, other.highest_);
  max_ = std::max(max_, other.max_);
}

void Histogram::merge(const HistogramSlice& slice) {
  if (slice.buckets.empty()) return;
  for (const auto& bucket : slice.buckets) counts_[bucket.index] += bucket.count;
  count_ += slice.count;
  sum_ += slice.sum * 1e9;
  lowest_ = std::min<std::size_t>(lowest_, slice.buckets.front().index);
  highest_ = std::max<std::size_t>(highest_, slice.buckets.back().index);
  max_ = std::max(max_, slice.max);
}

HistogramSlice Histogram::take() {
  HistogramSlice slice;
  for (std::size_t i = lowest_; i <= highest_ && i < size; ++i) {
    if (counts_[i] == 0) continue;
    slice.buckets.push_back({static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(counts_[i])});
    counts_[i] = 0;
  }
  slice.count = count_;
  slice.sum = sum_ * 1e-9;
  slice.max = max_;
  count_ = 0;
  sum_ = 0;
  max_ = 0;
  lowest_ = size;
  highest_ = 0;
  return slice;
}

}  // namespace capplan::core
