#pragma once
// A cache in front of the database, as the walk of a request sees it. Keys are numbers; tiers share them.

#include <cstdint>

#include "core/time.h"

namespace capplan::models {

class Cache {
 public:
  virtual ~Cache() = default;
  /// Called when a request asks: true, and touched, if the key is there and fresh.
  virtual bool lookup(std::uint64_t key) = 0;
  /// Called when the answer has been computed: stores the key, evicting what must go.
  virtual void store(std::uint64_t key) = 0;
  /// What asking takes, hit or miss.
  virtual core::Nanos latency() const = 0;
  /// Called at a restart: everything is gone.
  virtual void clear() = 0;

  bool down = false;  ///< nobody is answered: every lookup is a miss, nothing is stored
};

}  // namespace capplan::models
