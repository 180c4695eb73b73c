// An in-process cache that evicts the entry used least often since it was stored; of several, the one used longest ago.
// Counts are exact and end with the entry. Constant time for each use: entries of one count are in one list, the lists
// in a row by count (Shah, Mitra & Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010).

#include "models/cache/keyed_cache.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

struct LfuPolicy {
  LfuPolicy(double, const core::Stream&) {}
  void announce(Entries&, std::uint64_t) {}

  void insert(Entries& entries, std::uint32_t slot, double) {
    if (of.size() < entries.slots()) of.resize(entries.slots());
    if (least == no_slot || groups[least].count != 1) open(no_slot, 1);
    join(entries, slot, least);
  }

  void touch(Entries& entries, std::uint32_t slot) {
    const std::uint32_t from = of[slot];
    const std::uint64_t count = groups[from].count + 1;
    const std::uint32_t next = groups[from].more;
    const bool has_next = next != no_slot && groups[next].count == count;
    const SlotList& list = groups[from].list;
    if (!has_next && list.newest == list.oldest) {  // alone: its group goes up with it
      groups[from].count = count;
      return;
    }
    const std::uint32_t to = has_next ? next : open(from, count);
    leave(entries, slot);
    join(entries, slot, to);
  }

  std::uint32_t evict(Entries& entries) {
    const std::uint32_t slot = groups[least].list.oldest;
    leave(entries, slot);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) { leave(entries, slot); }
  void clear() {
    groups.clear();
    least = free = no_slot;
  }

  /// Entries used equally often, the one used last at the newest end.
  struct Group {
    std::uint64_t count;
    SlotList list;
    std::uint32_t fewer, more;  // the neighbours in the row; `more` the next in the free list
  };

  /// A new group after `fewer`, or at the row's start.
  std::uint32_t open(std::uint32_t fewer, std::uint64_t count) {
    if (free == no_slot) {
      free = static_cast<std::uint32_t>(groups.size());
      groups.push_back({0, {}, no_slot, no_slot});
    }
    const std::uint32_t group = free;
    free = groups[group].more;
    const std::uint32_t more = fewer == no_slot ? least : groups[fewer].more;
    groups[group] = {count, {}, fewer, more};
    (fewer == no_slot ? least : groups[fewer].more) = group;
    if (more != no_slot) groups[more].fewer = group;
    return group;
  }
  void join(Entries& entries, std::uint32_t slot, std::uint32_t group) {
    groups[group].list.add(entries, slot);
    of[slot] = group;
  }
  void leave(Entries& entries, std::uint32_t slot) {
    const std::uint32_t number = of[slot];
    Group& group = groups[number];
    group.list.remove(entries, slot);
    if (!group.list.empty()) return;
    (group.fewer == no_slot ? least : groups[group.fewer].more) = group.more;
    if (group.more != no_slot) groups[group.more].fewer = group.fewer;
    group.more = free;
    free = number;
  }

  std::vector<Group> groups;
  std::vector<std::uint32_t> of;  // the group of a slot
  std::uint32_t least = no_slot, free = no_slot;
};

}  // namespace

Spec lfu_cache() {
  return policy_spec(
      {.kind = "lfu",
       .help = "in-process cache that evicts the least frequently used entry, counted since it was stored",
       .source = "cachetools LFUCache; Shah, Mitra & Matani 2010",
       .validity = "counts do not fade: what was popular once stays long; an expired entry keeps its place "
                   "until it is asked for or evicted"},
      make_in_process<LfuPolicy>);
}

}  // namespace capplan::models
