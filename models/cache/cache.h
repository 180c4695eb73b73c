#pragma once
// A cache in front of the database, as those who ask it see it (tiers.h). Keys are numbers; tiers share them.

#include <cstdint>
#include <memory>
#include <vector>

#include "core/fifo_station.h"
#include "core/time.h"
#include "models/failure/fallible.h"

namespace capplan::models {

/// What a cache says of a key.
enum class Found : std::uint8_t {
  miss,     ///< not there: who asks has it computed, and stores it
  hit,      ///< there, and fresh
  stale,    ///< expired, but served; somebody else has it computed anew
  refresh,  ///< the same, and whoever hears this has it computed anew, in the background
  locked,   ///< somebody else has it computed: to be asked again after `CacheTimes::poll`
};

/// What dealing with a cache takes, besides what it knows.
struct CacheTimes {
  core::Nanos latency = 0;              ///< asking, hit or miss
  core::Nanos fill_latency = 0;         ///< storing or removing: whoever does it waits for it
  core::Nanos poll = 0;                 ///< until who was told `locked` asks again
  core::Nanos lock_timeout = 0;         ///< after so much of that it goes on as after a miss, and does not store
  core::FifoStation* thread = nullptr;  ///< what runs every command in turn, beyond the latency; null: no such thing
  core::Nanos command = 0;              ///< what a command takes of the thread
};

class Cache : public Fallible {
 public:
  virtual ~Cache() = default;
  /// Called when a request asks, at the end of the latency: touches the key if it is there.
  virtual Found lookup(std::uint64_t key) = 0;
  /// Called when the answer has been computed: stores the key, evicting what must go. `ttl`: a time to live of this
  /// entry's own; `own_ttl` for the cache's.
  virtual void store(std::uint64_t key, core::Nanos ttl = own_ttl) = 0;
  /// Called when the key is invalidated; it need not be there.
  virtual void erase(std::uint64_t key) = 0;
  /// Called when computing what lookup() said miss or refresh of has failed.
  virtual void abandon(std::uint64_t) {}
  /// Called when it goes away: everything is gone.
  virtual void clear() = 0;

  void go_down() final {
    clear();
    down = true;
  }
  void come_back() final { down = false; }

  static constexpr core::Nanos own_ttl = -1;

  CacheTimes times;
  bool serves_stale = false;  ///< lookup() may say stale and refresh
  bool down = false;          ///< nobody is answered: every lookup is a miss, nothing is stored; of all copies

  /// Equal caches of which each request meets one (processes with a cache each, points of presence); empty for one
  /// cache.
  std::vector<std::unique_ptr<Cache>> copies;
  /// The one that a request meets, by a random number of the request's own.
  Cache& copy(std::uint64_t draws) { return copies.empty() ? *this : *copies[draws % copies.size()]; }
};

}  // namespace capplan::models
