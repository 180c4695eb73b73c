#pragma once
// Least recently used leaves first.

#include "core/random.h"
#include "models/cache/entries.h"

namespace capplan::models {

struct LruPolicy {
  LruPolicy(double, const core::Stream&) {}
  void announce(Entries&, std::uint64_t) {}
  void insert(Entries& entries, std::uint32_t slot, double) { uses.add(entries, slot); }
  void touch(Entries& entries, std::uint32_t slot) { uses.renew(entries, slot); }
  std::uint32_t evict(Entries& entries) {
    const std::uint32_t slot = uses.oldest;
    uses.remove(entries, slot);
    return slot;
  }
  void remove(Entries& entries, std::uint32_t slot) { uses.remove(entries, slot); }
  void clear() { uses = {}; }

  SlotList uses;
};

}  // namespace capplan::models
