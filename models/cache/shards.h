#pragma once
// The hit ratio of LRU at every size at once, from one pass over the keys: the sizes at which a request would have hit
// are those above the number of other keys asked for since it was last (Mattson, Gecsei, Slutz & Traiger 1970), counted
// on a sample of the keys only. Source: Waldspurger, Park, Garthwaite & Ahmad, "Efficient MRC construction with
// SHARDS", FAST 2015: fixed size, lowering the rate as keys come, with the correction SHARDS-adj. Limits: entries of
// one size, no time to live; below a few hundred entries the curve rests on the few keys there are.

#include <cstdint>
#include <span>
#include <vector>

#include "models/cache/entries.h"

namespace capplan::models {

/// Keys that a sample keeps at a time, at most. Of 200 000 keys the hit ratio at 1000 entries is then off by a point in
/// the root mean square, at 10 000 by 0.4; a sample costs less than a twentieth of a replay.
inline constexpr std::size_t shards_keys = 6144;

class Shards {
 public:
  /// `most` keys are sampled at a time at most, 64 or more; exact while there are no more, if `first_rate` is 1. The
  /// paper begins with a tenth of the keys, which costs less where there are many. Samples of other `salt`s are other
  /// keys.
  explicit Shards(std::size_t most, std::uint64_t salt = 0, double first_rate = 1);

  /// The next keys asked for. Unless `counted` they only move what is known on: a warm-up.
  void add(std::span<const std::uint64_t> keys, bool counted = true);

  /// Share of the counted requests that an LRU of so many entries would have answered, 0 to 1.
  double hit_ratio(double entries) const;
  /// Number of different keys so far, estimated.
  double distinct() const;
  /// The share that hits if nothing ever leaves.
  double most_hits() const { return hit_ratio(1e300); }

 private:
  void process(std::uint64_t key, std::uint32_t hash, bool counted);
  void thin_out();
  void renumber();
  std::uint32_t newer_than(std::uint32_t place) const;
  void set(std::uint32_t place);
  void unset(std::uint32_t place);
  static std::size_t bucket_of(double distance);
  static double floor_of(std::size_t bucket);

  std::size_t most_;
  std::uint64_t salt_;
  std::uint32_t threshold_;  // of 2^24: keys with a smaller hash are sampled
  Entries entries_;
  std::vector<std::uint32_t> hashes_;  // by slot
  std::vector<std::uint32_t> places_;  // by slot: in order of the last use
  // Which places are taken, as bits; their number in each word and in each 16 words.
  std::vector<std::uint64_t> words_;
  std::vector<std::uint16_t> in_word_, in_group_;
  std::vector<std::uint32_t> slot_at_;  // by place
  std::uint32_t next_place_ = 0;
  std::vector<double> hits_;  // requests by distance
  double counted_ = 0;        // requests
  double seen_ = 0;           // as the sample has it
};

}  // namespace capplan::models
