// An in-process cache that evicts any entry, each with the same probability. Its hit ratio is that of FIFO (Fricker,
// Robert & Roberts 2012; core/cache_formulas.h).

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct RandomPolicy {
  RandomPolicy(double, const core::Stream& stream) : chance(stream) {}
  void announce(Entries&, std::uint64_t) {}
  void insert(Entries& entries, std::uint32_t slot, double) {
    if (place.size() < entries.slots()) place.resize(entries.slots());
    place[slot] = static_cast<std::uint32_t>(all.size());
    all.push_back(slot);
  }
  void touch(Entries&, std::uint32_t) {}
  std::uint32_t evict(Entries& entries) {
    const std::uint32_t slot = all[chance.below(all.size())];
    remove(entries, slot);
    return slot;
  }
  void remove(Entries&, std::uint32_t slot) {
    const std::uint32_t last = all.back();
    all[place[slot]] = last;
    place[last] = place[slot];
    all.pop_back();
  }
  void clear() { all.clear(); }

  core::Stream chance;
  std::vector<std::uint32_t> all;    // slots in use
  std::vector<std::uint32_t> place;  // of a slot among them
};

}  // namespace

Spec random_cache() {
  return policy_spec({.kind = "random",
                      .help = "in-process cache that evicts a random entry",
                      .source = "cachetools RRCache; Fricker, Robert & Roberts, ITC 2012",
                      .validity = "an expired entry keeps its place until it is asked for or evicted"},
                     make_in_process<RandomPolicy>);
}

}  // namespace capplan::models
