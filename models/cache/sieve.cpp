// SIEVE: entries in the order in which they were stored, and a hand that goes from the oldest to the newest and over
// again; it takes away the marks of use that it passes, and the first entry without one leaves. Unlike CLOCK what is
// spared stays where it is, so that new entries are sifted out soon. Source: Zhang, Yang, Yue, Vigfusson & Rashmi,
// "SIEVE is simpler than LRU", NSDI 2024.

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct SievePolicy {
  SievePolicy(double, const core::Stream&) {}
  void announce(Entries&, std::uint64_t) {}
  void insert(Entries& entries, std::uint32_t slot, double) {
    if (used.size() < entries.slots()) used.resize(entries.slots());
    used[slot] = 0;
    order.add(entries, slot);
  }
  void touch(Entries&, std::uint32_t slot) { used[slot] = 1; }
  std::uint32_t evict(Entries& entries) {
    std::uint32_t slot = hand == no_slot ? order.oldest : hand;
    while (used[slot] != 0) {
      used[slot] = 0;
      slot = entries[slot].newer == no_slot ? order.oldest : entries[slot].newer;
    }
    hand = entries[slot].newer;
    order.remove(entries, slot);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) {
    if (hand == slot) hand = entries[slot].newer;
    order.remove(entries, slot);
  }
  void clear() {
    order = {};
    hand = no_slot;
  }

  SlotList order;
  std::uint32_t hand = no_slot;  // where the search goes on; none: at the oldest
  std::vector<std::uint8_t> used;
};

}  // namespace

Spec sieve_cache() {
  return policy_spec(
      {.kind = "sieve",
       .help = "in-process cache, SIEVE: new entries that are not used again are evicted soon",
       .source = "Zhang et al., NSDI 2024",
       .validity = "one bit of use for each entry; an expired entry keeps its place until it is asked for "
                   "or evicted"},
      make_in_process<SievePolicy>);
}

}  // namespace capplan::models
