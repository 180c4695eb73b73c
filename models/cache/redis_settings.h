#pragma once
// What redis.conf and the commands of the service say: the parameters of a Redis cache, and the same as its model reads
// them. Source: Redis 7.4 redis.conf.

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "models/spec/spec.h"

namespace capplan::models {

struct RedisSettings {
  enum class Rank { none, lru, lfu, ttl, random };
  Rank rank = Rank::none;         ///< by what maxmemory_policy chooses who leaves; none: noeviction
  bool volatile_only = false;     ///< among keys with a time to live alone
  int samples = 5;                ///< maxmemory_samples
  int decay_minutes = 1;          ///< lfu_decay_time
  double log_factor = 10;         ///< lfu_log_factor
  std::uint64_t max_memory = 0;   ///< maxmemory, bytes
  std::uint64_t key_length = 0;   ///< bytes
  int lg_quantum = 3;             ///< of the allocator
  core::Nanos ttl = core::never;  ///< that keys are stored with
  core::Nanos tick = 0;           ///< 1 s / hz
};

std::vector<Param> redis_params();
RedisSettings read_redis_settings(const Params& params);

}  // namespace capplan::models
