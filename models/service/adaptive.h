#pragma once
// Choosing among ways to do the same thing by how long it has taken: after more than `window` times, a mean of the last
// `window` above `slow` turns to the optimized way, one below `fast` to the simple way; in between it stays as it is.
// Source: the AdaptiveQueryOptimizer of the tuning guide for two MCP servers (ten times, 500 ms, 50 ms): one mean for
// all ways together, so that a way is judged by times that another one took.

#include <vector>

#include "core/meters.h"
#include "core/time.h"

namespace capplan::models {

class Adaptive {
 public:
  static constexpr std::uint32_t plain = 0, optimized = 1, simple = 2, ways = 3;

  Adaptive(std::size_t window, core::Nanos slow, core::Nanos fast) : last_(window), slow_(slow), fast_(fast) {}

  /// The way that the next one goes.
  std::uint32_t choose() {
    if (seen_ > last_.size()) {
      const double mean = sum_ / static_cast<double>(last_.size());
      const std::uint32_t before = way_;
      if (mean > static_cast<double>(slow_))
        way_ = optimized;
      else if (mean < static_cast<double>(fast_))
        way_ = simple;
      if (way_ != before && switches != nullptr) switches->add();
    }
    if (way_ == optimized && optimized_count != nullptr) optimized_count->add();
    if (way_ == simple && simple_count != nullptr) simple_count->add();
    return way_;
  }

  /// One has ended after this time.
  void took(core::Nanos time) {
    core::Nanos& oldest = last_[seen_++ % last_.size()];
    sum_ += static_cast<double>(time) - static_cast<double>(oldest);
    oldest = time;
  }

  core::Counter* switches = nullptr;
  core::Counter* optimized_count = nullptr;
  core::Counter* simple_count = nullptr;

 private:
  std::vector<core::Nanos> last_;  // a ring
  core::Nanos slow_;
  core::Nanos fast_;
  std::uint64_t seen_ = 0;
  double sum_ = 0;  // of the ring: whole nanoseconds, exact up to 2^53
  std::uint32_t way_ = plain;
};

}  // namespace capplan::models
