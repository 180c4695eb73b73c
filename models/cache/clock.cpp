// CLOCK, or second chance: a hand goes round over the entries in the order in which they were stored; one that was used
// since the hand last passed is spared and its mark taken away, the first without a mark leaves. Source: Corbato, "A
// paging experiment with the Multics system", MIT Project MAC, 1968. Entries lie in a list; passing one is moving it to
// the newest end, which is the same as a ring whose hand moves on.

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct ClockPolicy {
  ClockPolicy(double, const core::Stream&) {}
  void announce(Entries&, std::uint64_t) {}
  void insert(Entries& entries, std::uint32_t slot, double) {
    if (used.size() < entries.slots()) used.resize(entries.slots());
    used[slot] = 0;
    ring.add(entries, slot);
  }
  void touch(Entries&, std::uint32_t slot) { used[slot] = 1; }
  std::uint32_t evict(Entries& entries) {
    while (used[ring.oldest] != 0) {
      used[ring.oldest] = 0;
      ring.renew(entries, ring.oldest);
    }
    const std::uint32_t slot = ring.oldest;
    ring.remove(entries, slot);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) { ring.remove(entries, slot); }
  void clear() { ring = {}; }

  SlotList ring;
  std::vector<std::uint8_t> used;
};

}  // namespace

Spec clock_cache() {
  return policy_spec(
      {.kind = "clock",
       .help = "in-process cache, CLOCK: a second chance for entries used since the hand passed",
       .source = "Corbato, MIT Project MAC 1968",
       .validity = "one bit of use for each entry; an expired entry keeps its place until it is asked for "
                   "or evicted"},
      make_in_process<ClockPolicy>);
}

}  // namespace capplan::models
