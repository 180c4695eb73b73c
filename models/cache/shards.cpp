#include "models/cache/shards.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace capplan::models {

namespace {

constexpr std::uint32_t all_hashes = 1u << 24;
constexpr int fine = 6;              // 2^6 buckets to a doubling, single ones below 2^7
constexpr std::size_t group = 16;    // words
constexpr std::size_t block = 16;    // keys looked at together
constexpr std::size_t ahead = 1024;  // keys: what is looked at after so many is fetched from memory meanwhile

/// 24 bits of a key: multiply-shift hashing (Dietzfelbinger et al. 1997), one multiplication a key. The factor is not
/// that of KeyTable, where keys alike in these bits would crowd together.
std::uint32_t hash_of(std::uint64_t key, std::uint64_t salt) {
  key += salt;
  return static_cast<std::uint32_t>(((key ^ (key >> 32)) * 0xd6e8feb86659fd93ULL) >> 40);
}

}  // namespace

Shards::Shards(std::size_t most, std::uint64_t salt, double first_rate)
    : most_(most), salt_(salt), threshold_(static_cast<std::uint32_t>(all_hashes * first_rate)) {
  const std::size_t places = std::max(std::bit_ceil(2 * most), group * 64);
  words_.resize(places / 64);
  in_word_.resize(words_.size());
  in_group_.resize(words_.size() / group);
  slot_at_.resize(places);
}

// Most keys are not of the sample: several are looked at for one branch.
void Shards::add(std::span<const std::uint64_t> keys, bool counted) {
  std::size_t at = 0;
  for (; at + block <= keys.size(); at += block) {
    if (at + ahead + block <= keys.size())
      for (std::size_t line = 0; line < block; line += 8) __builtin_prefetch(&keys[at + ahead + line]);
    bool any = false;
    for (std::size_t i = 0; i < block; ++i) any |= hash_of(keys[at + i], salt_) < threshold_;
    if (!any) continue;
    for (std::size_t i = 0; i < block; ++i)
      if (const std::uint32_t hash = hash_of(keys[at + i], salt_); hash < threshold_)
        process(keys[at + i], hash, counted);
  }
  for (; at < keys.size(); ++at)
    if (const std::uint32_t hash = hash_of(keys[at], salt_); hash < threshold_) process(keys[at], hash, counted);
  if (counted) counted_ += static_cast<double>(keys.size());
}

void Shards::process(std::uint64_t key, std::uint32_t hash, bool counted) {
  const double stands_for = static_cast<double>(all_hashes) / threshold_;
  if (counted) seen_ += stands_for;
  std::uint32_t slot = entries_.find(key);
  if (slot != no_slot) {
    if (counted) {
      const std::size_t bucket = bucket_of(newer_than(places_[slot]) * stands_for);
      if (bucket >= hits_.size()) hits_.resize(bucket + 1);
      hits_[bucket] += stands_for;
    }
    unset(places_[slot]);
  } else {
    slot = entries_.add(key);
    if (hashes_.size() < entries_.slots()) {
      hashes_.resize(entries_.slots());
      places_.resize(entries_.slots());
    }
    hashes_[slot] = hash;
  }
  if (next_place_ == slot_at_.size()) {
    places_[slot] = no_slot;
    renumber();
  }
  places_[slot] = next_place_;
  slot_at_[next_place_] = slot;
  set(next_place_++);
  if (entries_.size() > most_) thin_out();
}

/// Half of the keys leave, those with the largest hashes: the rate falls to the largest that stays.
void Shards::thin_out() {
  std::vector<std::uint32_t> slots;
  for (std::uint32_t place = 0; place < next_place_; ++place)
    if ((words_[place / 64] >> (place % 64) & 1) != 0) slots.push_back(slot_at_[place]);
  const auto middle = slots.begin() + static_cast<std::ptrdiff_t>(slots.size() / 2);
  const auto smaller = [this](std::uint32_t a, std::uint32_t b) { return hashes_[a] < hashes_[b]; };
  std::nth_element(slots.begin(), middle, slots.end(), smaller);
  threshold_ = std::max<std::uint32_t>(hashes_[*middle], 1);
  for (const std::uint32_t slot : slots)
    if (hashes_[slot] >= threshold_) {
      unset(places_[slot]);
      entries_.remove(slot);
    }
}

/// Places are handed out anew, in the same order, without gaps.
void Shards::renumber() {
  std::uint32_t next = 0;
  for (std::size_t w = 0; w < words_.size(); ++w)
    for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) {
      const auto place = static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      slot_at_[next] = slot_at_[place];
      places_[slot_at_[next]] = next;
      ++next;
    }
  std::fill(words_.begin(), words_.end(), 0);
  std::fill(in_word_.begin(), in_word_.end(), 0);
  std::fill(in_group_.begin(), in_group_.end(), 0);
  for (std::uint32_t place = 0; place < next; ++place) set(place);
  next_place_ = next;
}

void Shards::set(std::uint32_t place) {
  words_[place / 64] |= std::uint64_t{1} << (place % 64);
  ++in_word_[place / 64];
  ++in_group_[place / 64 / group];
}

void Shards::unset(std::uint32_t place) {
  words_[place / 64] &= ~(std::uint64_t{1} << (place % 64));
  --in_word_[place / 64];
  --in_group_[place / 64 / group];
}

/// Taken places after this one.
std::uint32_t Shards::newer_than(std::uint32_t place) const {
  const std::size_t word = place / 64, of = word / group, last = (next_place_ - 1) / 64 / group;
  auto newer = static_cast<std::uint32_t>(std::popcount(words_[word] >> (place % 64))) - 1;
  for (std::size_t w = word + 1; w < (of + 1) * group; ++w) newer += in_word_[w];
  for (std::size_t g = of + 1; g <= last; ++g) newer += in_group_[g];
  return newer;
}

std::size_t Shards::bucket_of(double distance) {
  const auto whole = static_cast<std::uint64_t>(distance);
  if (whole < (2u << fine)) return whole;
  const int doubling = std::bit_width(whole) - 1 - fine;
  return (static_cast<std::size_t>(doubling) << fine) + (whole >> doubling);
}

double Shards::floor_of(std::size_t bucket) {
  if (bucket < (2u << fine)) return static_cast<double>(bucket);
  const std::size_t doubling = (bucket >> fine) - 1;
  return std::ldexp(static_cast<double>(bucket - (doubling << fine)), static_cast<int>(doubling));
}

double Shards::hit_ratio(double entries) const {
  if (counted_ == 0 || entries < 1) return 0;
  double hits = counted_ - seen_;  // what the sample has too few or too many of goes to the shortest distance
  for (std::size_t bucket = 0; bucket < hits_.size(); ++bucket) {
    const double from = floor_of(bucket), to = floor_of(bucket + 1);
    if (entries <= from) break;
    hits += hits_[bucket] * std::min(1.0, (entries - from) / (to - from));
  }
  return std::clamp(hits / counted_, 0.0, 1.0);
}

double Shards::distinct() const { return entries_.size() * (static_cast<double>(all_hashes) / threshold_); }

}  // namespace capplan::models
