#pragma once
// The hit ratio of LRU at every size up to a limit, exactly: the stack distances of Mattson, Gecsei, Slutz & Traiger
// 1970, counted over the keys that were used last. The memory is that of the limit, whatever the stream. Limit: entries
// of one size, no time to live.

#include <cstdint>
#include <span>
#include <vector>

#include "models/cache/entries.h"

namespace capplan::models {

class RecentKeys {
 public:
  /// Keeps the `most` keys used last, 1 or more.
  explicit RecentKeys(std::uint32_t most);

  /// The next keys asked for.
  void add(std::span<const std::uint64_t> keys);

  /// Share of the requests that an LRU of so many entries would have answered, 1 to `most` entries.
  double hit_ratio(std::uint32_t entries) const;
  std::uint32_t most() const { return most_; }
  /// Whether no key was ever dropped: the hit ratio at `most` is then that of every larger size.
  bool complete() const { return !dropped_; }

 private:
  void mark(std::uint32_t place, std::int32_t by);
  std::uint32_t marked_up_to(std::uint32_t place) const;
  void renumber();
  void drop_oldest();

  std::uint32_t most_;
  Entries entries_;
  std::vector<std::uint32_t> place_of_;  ///< by slot: in the order of the last use, from 1
  std::vector<std::uint32_t> slot_at_;   ///< by place; no_slot where none is
  std::vector<std::int32_t> tree_;       ///< Fenwick: taken places
  std::uint32_t next_ = 1, oldest_ = 1;  ///< places
  std::vector<std::uint64_t> hits_;      ///< by stack distance, 1 for a key used again at once
  std::uint64_t asked_ = 0;
  bool dropped_ = false;
};

/// How many different keys there are, exactly. Takes the memory of a few million keys at most, however many there are.
std::uint64_t distinct_keys(std::span<const std::uint64_t> keys);

}  // namespace capplan::models
