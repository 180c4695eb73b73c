// An in-process cache that evicts the least recently used entry, with a time to live from the moment of filling.
// Source: functools.lru_cache and cachetools.TTLCache for the behaviour. Oracles: Che's approximation, and lT/(1 + lT)
// for the TTL alone (core/cache_formulas.h).

#include "models/cache/keyed_cache.h"
#include "models/cache/lru_policy.h"
#include "models/catalog.h"

namespace capplan::models {

Spec lru_cache() {
  return policy_spec({.kind = "lru",
                      .help = "in-process cache that evicts the least recently used entry, optional TTL",
                      .source = "CPython Lib/functools.py (lru_cache); cachetools TTLCache",
                      .validity = "concurrent misses of a key all go to the database, unless the request coalesces; an "
                                  "expired entry keeps its place until it is asked for or evicted"},
                     make_in_process<LruPolicy>);
}

}  // namespace capplan::models
