// S3-FIFO: a small FIFO (a tenth of the room) in front of a main one. What was asked for twice or more in the small one
// goes to the main one, the rest leaves and is remembered by key; who is asked for while it is remembered goes to the
// main one at once. The main one spares what was used, up to three times. Source: Yang, Zhang, Qiu, Yue & Rashmi, "FIFO
// queues are all you need for cache eviction", SOSP 2023, algorithm 1.

#include <algorithm>

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct S3FifoPolicy {
  S3FifoPolicy(double room, const core::Stream&)
      : small_room(std::max(1.0, room / 10)), ghosts(0), main_room(room - small_room) {}

  void announce(Entries& entries, std::uint64_t key) {
    known = ghosts.take(key);
    const double mean = entries.size() > 0 ? weight_in_all / entries.size() : 1;
    ghosts.most = static_cast<std::size_t>(std::max(0.0, main_room) / mean);
  }
  void insert(Entries& entries, std::uint32_t slot, double weight) {
    if (weights.size() < entries.slots()) {
      weights.resize(entries.slots());
      in_main.resize(entries.slots());
      uses.resize(entries.slots());
    }
    weights[slot] = weight;
    weight_in_all += weight;
    in_main[slot] = known;
    uses[slot] = 0;
    (known ? main : small).add(entries, slot);
    if (!known) small_weight += weight;
  }
  void touch(Entries&, std::uint32_t slot) { uses[slot] = std::min<std::uint8_t>(uses[slot] + 1, 3); }
  std::uint32_t evict(Entries& entries) {
    for (;;) {
      const bool from_small = !small.empty() && (main.empty() || small_weight >= small_room);
      const std::uint32_t slot = from_small ? small.oldest : main.oldest;
      if (from_small && uses[slot] > 1) {
        small.remove(entries, slot);
        small_weight -= weights[slot];
        in_main[slot] = 1;
        main.add(entries, slot);
      } else if (!from_small && uses[slot] > 0) {
        --uses[slot];
        main.renew(entries, slot);
      } else {
        remove(entries, slot);
        if (from_small) ghosts.add(entries[slot].key);
        return slot;
      }
    }
  }
  void remove(Entries& entries, std::uint32_t slot) {
    (in_main[slot] != 0 ? main : small).remove(entries, slot);
    if (in_main[slot] == 0) small_weight -= weights[slot];
    weight_in_all -= weights[slot];
  }
  void clear() {
    small = main = {};
    small_weight = weight_in_all = 0;
    ghosts.clear();
  }

  double small_room;
  SlotList small, main;
  double small_weight = 0, weight_in_all = 0;
  bool known = false;  // whether the key announced last was remembered
  std::vector<double> weights;
  std::vector<std::uint8_t> in_main, uses;
  GhostQueue ghosts;
  double main_room;
};

}  // namespace

Spec s3_fifo_cache() {
  return policy_spec(
      {.kind = "s3-fifo",
       .help = "in-process cache, S3-FIFO: a small queue filters out keys requested only once",
       .source = "Yang et al., SOSP 2023, algorithm 1",
       .validity = "as many keys are remembered as the main queue has room for; an entry takes its count of "
                   "uses along from queue to queue; an expired entry keeps its place until it is asked for "
                   "or evicted"},
      make_in_process<S3FifoPolicy>);
}

}  // namespace capplan::models
