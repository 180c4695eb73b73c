#include "models/cache/recent_keys.h"

#include <algorithm>

#include "core/random.h"

namespace capplan::models {

RecentKeys::RecentKeys(std::uint32_t most)
    : most_(most), place_of_(most + 1), slot_at_(4 * most + 2, no_slot), tree_(4 * most + 2), hits_(most + 1) {}

void RecentKeys::mark(std::uint32_t place, std::int32_t by) {
  for (; place < tree_.size(); place += place & (~place + 1)) tree_[place] += by;
}

std::uint32_t RecentKeys::marked_up_to(std::uint32_t place) const {
  std::int32_t sum = 0;
  for (; place > 0; place -= place & (~place + 1)) sum += tree_[place];
  return static_cast<std::uint32_t>(sum);
}

/// Moves the keys to the first places, in their order.
void RecentKeys::renumber() {
  std::vector<std::uint32_t> slots;
  for (const std::uint32_t slot : slot_at_)
    if (slot != no_slot) slots.push_back(slot);
  std::fill(slot_at_.begin(), slot_at_.end(), no_slot);
  std::fill(tree_.begin(), tree_.end(), 0);
  next_ = oldest_ = 1;
  for (const std::uint32_t slot : slots) {
    slot_at_[next_] = slot;
    place_of_[slot] = next_;
    mark(next_++, 1);
  }
}

void RecentKeys::drop_oldest() {
  while (slot_at_[oldest_] == no_slot) ++oldest_;
  mark(oldest_, -1);
  entries_.remove(slot_at_[oldest_]);
  slot_at_[oldest_] = no_slot;
  dropped_ = true;
}

void RecentKeys::add(std::span<const std::uint64_t> keys) {
  for (const std::uint64_t key : keys) {
    ++asked_;
    if (next_ == slot_at_.size()) renumber();
    std::uint32_t slot = entries_.find(key);
    if (slot != no_slot) {
      const std::uint32_t place = place_of_[slot];
      ++hits_[entries_.size() - marked_up_to(place) + 1];
      mark(place, -1);
      slot_at_[place] = no_slot;
    } else {
      if (entries_.size() == most_) drop_oldest();
      slot = entries_.add(key);
    }
    place_of_[slot] = next_;
    slot_at_[next_] = slot;
    mark(next_++, 1);
  }
}

double RecentKeys::hit_ratio(std::uint32_t entries) const {
  std::uint64_t hits = 0;
  for (std::uint32_t distance = 1; distance <= std::min(entries, most_); ++distance) hits += hits_[distance];
  return asked_ == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(asked_);
}

std::uint64_t distinct_keys(std::span<const std::uint64_t> keys) {
  constexpr std::size_t at_a_time = 4'000'000;
  const std::uint64_t parts = keys.size() / at_a_time + 1;
  std::uint64_t distinct = 0;
  std::vector<std::uint64_t> some;
  for (std::uint64_t part = 0; part < parts; ++part) {
    some.clear();
    for (const std::uint64_t key : keys)
      if (core::mix(key) % parts == part) {
        some.push_back(key);
        if (some.size() < 2 * at_a_time) continue;
        // One key may be asked for all the time: keep each once.
        std::sort(some.begin(), some.end());
        some.erase(std::unique(some.begin(), some.end()), some.end());
      }
    std::sort(some.begin(), some.end());
    distinct += static_cast<std::uint64_t>(std::unique(some.begin(), some.end()) - some.begin());
  }
  return distinct;
}

}  // namespace capplan::models
