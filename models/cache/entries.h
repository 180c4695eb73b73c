#pragma once
// The entries of a cache in one slab, and the lists that policies keep through them. A slot is a place in the slab;
// what is freed is taken again, so that nothing is allocated once the slab has grown to what the cache holds.

#include <cstdint>
#include <vector>

#include "models/cache/key_table.h"

namespace capplan::models {

class Entries {
 public:
  struct Entry {
    std::uint64_t key;
    std::uint32_t newer, older;  // in the list that it is in
  };

  Entry& operator[](std::uint32_t slot) { return entries_[slot]; }
  const Entry& operator[](std::uint32_t slot) const { return entries_[slot]; }
  std::uint32_t find(std::uint64_t key) const {
    return table_.find(key, [this](std::uint32_t slot) { return entries_[slot].key; });
  }

  /// A slot for a key that is not there.
  std::uint32_t add(std::uint64_t key) {
    if (free_ == no_slot) {
      free_ = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({0, no_slot, no_slot});
    }
    const std::uint32_t slot = free_;
    free_ = entries_[slot].older;
    entries_[slot] = {key, no_slot, no_slot};
    table_.insert(key, slot);
    return slot;
  }

  void remove(std::uint32_t slot) {
    table_.erase(entries_[slot].key, slot);
    entries_[slot].older = free_;
    free_ = slot;
  }

  void clear() {
    entries_.clear();
    table_.clear();
    free_ = no_slot;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(table_.size()); }
  /// Slots ever used: what a policy's own arrays must hold.
  std::size_t slots() const { return entries_.size(); }

 private:
  std::vector<Entry> entries_;
  KeyTable table_;
  std::uint32_t free_ = no_slot;
};

/// Slots in the order in which they were put in. An entry is in one list at a time.
class SlotList {
 public:
  std::uint32_t newest = no_slot, oldest = no_slot;

  void add(Entries& entries, std::uint32_t slot) {
    entries[slot].newer = no_slot;
    entries[slot].older = newest;
    (newest == no_slot ? oldest : entries[newest].newer) = slot;
    newest = slot;
  }

  void remove(Entries& entries, std::uint32_t slot) {
    const Entries::Entry entry = entries[slot];
    (entry.newer == no_slot ? newest : entries[entry.newer].older) = entry.older;
    (entry.older == no_slot ? oldest : entries[entry.older].newer) = entry.newer;
  }

  /// To the end of the newest.
  void renew(Entries& entries, std::uint32_t slot) {
    if (slot == newest) return;
    remove(entries, slot);
    add(entries, slot);
  }

  bool empty() const { return newest == no_slot; }
};

/// Keys that were here and are remembered for having been, first in, first out: at most `most` of them.
class GhostQueue {
 public:
  explicit GhostQueue(std::size_t most_) : most(most_) {}
  std::size_t most;

  void add(std::uint64_t key) {
    if (most == 0) return;
    if (const std::uint32_t known = entries_.find(key); known != no_slot) drop(known);
    while (entries_.size() >= most) drop(order_.oldest);
    order_.add(entries_, entries_.add(key));
  }
  /// Whether the key was remembered; it is not any longer.
  bool take(std::uint64_t key) {
    const std::uint32_t slot = entries_.find(key);
    if (slot == no_slot) return false;
    drop(slot);
    return true;
  }
  void clear() {
    entries_.clear();
    order_ = {};
  }

 private:
  void drop(std::uint32_t slot) {
    order_.remove(entries_, slot);
    entries_.remove(slot);
  }
  Entries entries_;
  SlotList order_;
};

}  // namespace capplan::models
