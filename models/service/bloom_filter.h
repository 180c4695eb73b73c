#pragma once
// A Bloom filter: says of a key that it may have been added, or surely was not. Source: Bloom, CACM 13(7), 1970; the k
// places from two hashes as in Kirsch & Mitzenmacher, "Less hashing, same performance", 2006. With n keys in b bits a
// new key is taken for known with probability (1 - e^(-kn/b))^k. Nothing can be taken out again.

#include <cstdint>
#include <vector>

#include "core/random.h"

namespace capplan::models {

class BloomFilter {
 public:
  BloomFilter(std::uint64_t bits, int hashes) : bits_(bits), hashes_(hashes), words_((bits + 63) / 64) {}

  /// Adds a key; whether it seemed to be there already.
  bool add(std::uint64_t key) {
    const std::uint64_t first = core::mix(key), step = core::mix(key ^ 0x9e3779b97f4a7c15ULL) | 1;
    bool known = true;
    for (int i = 0; i < hashes_; ++i) {
      const std::uint64_t place = (first + static_cast<std::uint64_t>(i) * step) % bits_;
      const std::uint64_t bit = std::uint64_t{1} << (place & 63);
      known = known && (words_[place >> 6] & bit) != 0;
      words_[place >> 6] |= bit;
    }
    return known;
  }

 private:
  std::uint64_t bits_;
  int hashes_;
  std::vector<std::uint64_t> words_;
};

}  // namespace capplan::models
