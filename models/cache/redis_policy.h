#pragma once
// Whom Redis evicts, and how old it takes a key to be: sampling with a pool of candidates, the logarithmic counter of
// LFU. Source: Redis 7.4 src/evict.c (evictionPoolPopulate, EVPOOL_SIZE 16, LFULogIncr, LFUDecrAndReturn), src/server.h
// (LRU_CLOCK_RESOLUTION 1000 ms, LFU_INIT_VAL 5). A pool entry names a key, which may be gone by the time it is chosen.

#include <array>
#include <cstdint>

#include "core/random.h"
#include "core/time.h"

namespace capplan::models {

/// Candidates for eviction, the best last.
class EvictionPool {
 public:
  struct Candidate {
    std::uint64_t idle = 0;
    std::uint64_t key = 0;
    bool used = false;
  };

  void offer(std::uint64_t key, std::uint64_t idle) {
    std::size_t k = 0;
    while (k < size && pool_[k].used && pool_[k].idle < idle) ++k;
    if (k == 0 && pool_[size - 1].used) return;  // worse than all, and no room
    if (k == size || pool_[k].used) {
      if (!pool_[size - 1].used) {  // room at the right: what is better moves there
        for (std::size_t i = size - 1; i > k; --i) pool_[i] = pool_[i - 1];
      } else {  // the worst leaves at the left
        --k;
        for (std::size_t i = 0; i < k; ++i) pool_[i] = pool_[i + 1];
      }
    }
    pool_[k] = {idle, key, true};
  }

  /// Takes out the best candidate; false if there is none.
  bool take(std::uint64_t& key) {
    for (std::size_t k = size; k-- > 0;) {
      if (!pool_[k].used) continue;
      pool_[k].used = false;
      key = pool_[k].key;
      return true;
    }
    return false;
  }

  void clear() { pool_ = {}; }

 private:
  static constexpr std::size_t size = 16;
  std::array<Candidate, size> pool_{};
};

/// The counter of one key under LFU.
struct LfuCounter {
  static constexpr int first = 5;
  std::uint8_t count = first;
  std::int32_t minute = 0;  ///< when it was last looked at

  /// What it has decayed to: one less for each `decay_minutes` (0: never) since it was looked at.
  std::uint8_t at(std::int32_t now_minute, int decay_minutes) const {
    const int periods = decay_minutes > 0 ? (now_minute - minute) / decay_minutes : 0;
    return periods > count ? 0 : static_cast<std::uint8_t>(count - periods);
  }
  /// An access: decays, then counts on with probability 1 / ((count - 5) x log_factor + 1).
  void use(std::int32_t now_minute, int decay_minutes, double log_factor, core::Stream& chance) {
    count = at(now_minute, decay_minutes);
    minute = now_minute;
    if (count == 255) return;
    const double above = count > first ? count - first : 0;
    if (chance.uniform() < 1 / (above * log_factor + 1)) ++count;
  }
};

}  // namespace capplan::models
