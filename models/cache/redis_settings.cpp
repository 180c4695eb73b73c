#include "models/cache/redis_settings.h"

#include "models/cache/cache_settings.h"
#include "models/topology.h"

namespace capplan::models {

namespace {

const char* without_lfu(const Placed& cache) {
  const bool lfu = cache.section().params.text("maxmemory_policy").ends_with("lfu");
  return lfu ? nullptr : "it is of the maxmemory_policy allkeys-lfu and volatile-lfu";
}

std::vector<Param> own_params() {
  return {
      {.name = "maxmemory",
       .type = Type::bytes,
       .fallback = "100MB",
       .help = "memory that it may use",
       .lo = 1e6,
       .hi = 1e14,
       .costs = true},
      {.name = "maxmemory_policy",
       .type = Type::choice,
       .fallback = "allkeys-lru",
       .help = "which keys are evicted when it is reached; without a setting noeviction",
       .source = "redis.conf",
       .choices = {"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random",
                   "volatile-ttl", "noeviction"}},
      {.name = "maxmemory_samples",
       .type = Type::count,
       .fallback = "5",
       .help = "keys looked at for an eviction",
       .lo = 1,
       .hi = 64},
      {.name = "lfu_log_factor",
       .type = Type::count,
       .fallback = "10",
       .help = "how slowly the counters of LFU saturate",
       .lo = 0,
       .hi = 1e6,
       .idle = without_lfu},
      {.name = "lfu_decay_time",
       .type = Type::count,
       .fallback = "1",
       .help = "minutes after which a counter loses 1; 0: never",
       .lo = 0,
       .hi = 1e6,
       .idle = without_lfu},
      {.name = "hz",
       .type = Type::count,
       .fallback = "10",
       .help = "how often a second it looks for what has expired",
       .lo = 1,
       .hi = 500},
      {.name = "key_size",
       .type = Type::bytes,
       .fallback = "24B",
       .help = "length of a key's name",
       .lo = 1,
       .hi = 1e6},
      {.name = "value_size",
       .type = Type::bytes,
       .fallback = "1kB",
       .help = "mean size of a value",
       .lo = 1,
       .hi = 5e8},
      {.name = "value_size_cv",
       .type = Type::number,
       .help = "standard deviation over mean of the sizes, lognormal over keys; absent: all of one size",
       .lo = 0,
       .hi = 20},
      {.name = "lg_quantum",
       .type = Type::count,
       .fallback = "3",
       .help = "2^3 bytes are the steps of its allocator as Redis builds it, 2^4 those of a distribution's",
       .source = "Redis 7 deps/Makefile",
       .lo = 3,
       .hi = 4},
      {.name = "ttl",
       .type = Type::duration,
       .help = "time to live that each key is stored with (EX); absent: none",
       .lo = 0.000'001,
       .hi = 1e8},
      {.name = "command_time",
       .type = Type::duration,
       .fallback = "8us",
       .help = "what its thread needs for a command; an assumption, not measured",
       .lo = 0,
       .hi = 1},
  };
}

}  // namespace

std::vector<Param> redis_params() {
  std::vector<Param> params = own_params();
  for (Param& param : time_params("300us", "round trip to it, its thread not counted")) {
    if (param.name == "fill_latency") {
      param.fallback = "300us";
      param.help = "round trip of SET and DEL, for which the request waits";
    }
    params.push_back(std::move(param));
  }
  return params;
}

RedisSettings read_redis_settings(const Params& p) {
  using Rank = RedisSettings::Rank;
  const std::string& policy = p.text("maxmemory_policy");
  RedisSettings s;
  s.rank = policy.ends_with("lru")      ? Rank::lru
           : policy.ends_with("lfu")    ? Rank::lfu
           : policy.ends_with("ttl")    ? Rank::ttl
           : policy.ends_with("random") ? Rank::random
                                        : Rank::none;
  s.volatile_only = policy.starts_with("volatile");
  s.samples = static_cast<int>(p.count("maxmemory_samples"));
  s.decay_minutes = static_cast<int>(p.count("lfu_decay_time"));
  s.log_factor = static_cast<double>(p.count("lfu_log_factor"));
  s.max_memory = static_cast<std::uint64_t>(p.bytes("maxmemory"));
  s.key_length = static_cast<std::uint64_t>(p.bytes("key_size"));
  s.lg_quantum = static_cast<int>(p.count("lg_quantum"));
  s.ttl = p.has("ttl") ? p.duration("ttl") : core::never;
  s.tick = core::second / p.count("hz");
  return s;
}

}  // namespace capplan::models
