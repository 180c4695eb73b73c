// An in-process cache that evicts the entry that was stored first, whatever use was made of it. Oracle: the hit ratio
// of Fricker, Robert & Roberts 2012 and Martina et al. 2014 (core/cache_formulas.h).

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct FifoPolicy {
  FifoPolicy(double, const core::Stream&) {}
  void announce(Entries&, std::uint64_t) {}
  void insert(Entries& entries, std::uint32_t slot, double) { order.add(entries, slot); }
  void touch(Entries&, std::uint32_t) {}
  std::uint32_t evict(Entries& entries) {
    const std::uint32_t slot = order.oldest;
    order.remove(entries, slot);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) { order.remove(entries, slot); }
  void clear() { order = {}; }

  SlotList order;
};

}  // namespace

Spec fifo_cache() {
  return policy_spec({.kind = "fifo",
                      .help = "in-process cache that evicts the oldest entry, optional TTL",
                      .source = "cachetools FIFOCache; Fricker, Robert & Roberts, ITC 2012",
                      .validity = "an entry that is stored anew keeps its place in the row; an expired entry keeps it "
                                  "until it is asked for or evicted"},
                     make_in_process<FifoPolicy>);
}

}  // namespace capplan::models
