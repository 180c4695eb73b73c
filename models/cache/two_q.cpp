// 2Q, the full version: what is new waits in a short FIFO (a quarter of the room); what leaves it is remembered by key
// alone (for half as many keys as there is room); only who is asked for while it is remembered comes to the main part,
// an LRU. Source: Johnson & Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB
// 1994.

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct TwoQueuePolicy {
  TwoQueuePolicy(double room_, const core::Stream&) : room(room_), remembered(0) {}

  /// How many keys half the room is: known where the room is in entries; else from how many there are.
  void announce(Entries& entries, std::uint64_t key) {
    known = remembered.take(key);
    const double mean = entries.size() > 0 ? weight_in_all / entries.size() : 1;
    remembered.most = static_cast<std::size_t>(room / 2 / mean);
  }
  void insert(Entries& entries, std::uint32_t slot, double weight) {
    if (weights.size() < entries.slots()) {
      weights.resize(entries.slots());
      in_main.resize(entries.slots());
    }
    weights[slot] = weight;
    weight_in_all += weight;
    in_main[slot] = known;
    (known ? main : fresh).add(entries, slot);
    if (!known) fresh_weight += weight;
  }
  void touch(Entries& entries, std::uint32_t slot) {
    if (in_main[slot] != 0) main.renew(entries, slot);
  }
  std::uint32_t evict(Entries& entries) {
    const bool from_fresh = !fresh.empty() && (main.empty() || fresh_weight > room / 4);
    const std::uint32_t slot = from_fresh ? fresh.oldest : main.oldest;
    remove(entries, slot);
    if (from_fresh) remembered.add(entries[slot].key);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) {
    (in_main[slot] != 0 ? main : fresh).remove(entries, slot);
    if (in_main[slot] == 0) fresh_weight -= weights[slot];
    weight_in_all -= weights[slot];
  }
  void clear() {
    main = fresh = {};
    fresh_weight = weight_in_all = 0;
    remembered.clear();
  }

  double room;
  SlotList main, fresh;  // Am and A1in
  double fresh_weight = 0, weight_in_all = 0;
  bool known = false;  // whether the key announced last was remembered
  std::vector<double> weights;
  std::vector<std::uint8_t> in_main;
  GhostQueue remembered;  // A1out
};

}  // namespace

Spec two_q_cache() {
  return policy_spec(
      {.kind = "2q",
       .help = "in-process cache, 2Q: only keys requested twice enter the main part",
       .source = "Johnson & Shasha, VLDB 1994, the full version with Kin = 25 %, Kout = 50 %",
       .validity = "where bytes limit it, keys are remembered for half the entries that would fit at their "
                   "present mean size; an expired entry keeps its place until it is asked for or evicted"},
      make_in_process<TwoQueuePolicy>);
}

}  // namespace capplan::models
