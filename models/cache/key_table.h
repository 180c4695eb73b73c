#pragma once
// From a key to the slot of its entry: open addressing with linear probing, half full at most. A cell holds 32 bits of
// the key's hash beside the slot, so that a key that is absent costs one cache line, and neither moving a cell nor
// growing looks at entries. Removal shifts back what was pushed on (Knuth, TAOCP 3, 6.4, algorithm R).

#include <cstdint>
#include <vector>

namespace capplan::models {

/// No slot.
inline constexpr std::uint32_t no_slot = 0xffffffff;

class KeyTable {
 public:
  KeyTable() { clear(); }

  /// The slot of `key`, or no_slot. `key_at(slot)` says which key a slot holds.
  template <class KeyAt>
  std::uint32_t find(std::uint64_t key, KeyAt key_at) const {
    const std::uint32_t tag = tag_of(key);
    for (std::size_t i = home(tag);; i = (i + 1) & mask_) {
      const Cell cell = cells_[i];
      if (cell.slot == no_slot) return no_slot;
      if (cell.tag == tag && key_at(cell.slot) == key) return cell.slot;
    }
  }

  /// Adds a key that is not there.
  void insert(std::uint64_t key, std::uint32_t slot) {
    if (2 * (size_ + 1) > cells_.size()) grow();
    ++size_;
    place({tag_of(key), slot});
  }

  /// Removes a key that is there, in `slot`.
  void erase(std::uint64_t key, std::uint32_t slot) {
    std::size_t hole = cell_of(key, slot);
    --size_;
    for (std::size_t i = hole;;) {
      i = (i + 1) & mask_;
      const Cell cell = cells_[i];
      if (cell.slot == no_slot) break;
      if (((i - home(cell.tag)) & mask_) < ((i - hole) & mask_)) continue;  // its home lies behind the hole
      cells_[hole] = cell;
      hole = i;
    }
    cells_[hole].slot = no_slot;
  }

  /// The entry of `key` has moved from slot to slot.
  void move(std::uint64_t key, std::uint32_t from, std::uint32_t to) { cells_[cell_of(key, from)].slot = to; }

  std::size_t size() const { return size_; }
  void clear() {
    cells_.assign(least_cells, {0, no_slot});
    mask_ = least_cells - 1;
    shift_ = 32 - 4;
    size_ = 0;
  }

 private:
  struct Cell {
    std::uint32_t tag;
    std::uint32_t slot;
  };
  static constexpr std::size_t least_cells = 16;

  /// Fibonacci hashing: the upper half of the product.
  static std::uint32_t tag_of(std::uint64_t key) {
    return static_cast<std::uint32_t>(((key ^ (key >> 32)) * 0x9e3779b97f4a7c15ULL) >> 32);
  }
  std::size_t home(std::uint32_t tag) const { return tag >> shift_; }

  std::size_t cell_of(std::uint64_t key, std::uint32_t slot) const {
    std::size_t i = home(tag_of(key));
    while (cells_[i].slot != slot) i = (i + 1) & mask_;
    return i;
  }

  void place(Cell cell) {
    std::size_t i = home(cell.tag);
    while (cells_[i].slot != no_slot) i = (i + 1) & mask_;
    cells_[i] = cell;
  }

  void grow() {
    std::vector<Cell> old(cells_.size() * 2, {0, no_slot});
    old.swap(cells_);
    mask_ = cells_.size() - 1;
    --shift_;
    for (const Cell& cell : old)
      if (cell.slot != no_slot) place(cell);
  }

  std::vector<Cell> cells_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
};

}  // namespace capplan::models
