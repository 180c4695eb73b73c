#pragma once
// What a string key takes of Redis' memory. Source: Redis 7 src/object.c (createEmbeddedStringObject, 44 bytes),
// src/sds.c (headers of 1, 3, 5, 9 bytes and a final zero), src/dict.c (entries of 24 bytes; a power of two of bucket
// pointers), deps/jemalloc (size classes: steps of 8 to 64, then four to each doubling).

#include <cstdint>

namespace capplan::models {

/// What jemalloc hands out for a request of so many bytes.
inline std::uint64_t jemalloc_size(std::uint64_t bytes) {
  if (bytes <= 64) return (bytes + 7) / 8 * 8;
  std::uint64_t doubling = 64;
  while (doubling * 2 < bytes) doubling *= 2;
  const std::uint64_t step = doubling / 4;
  return (bytes + step - 1) / step * step;
}

/// A text as sds: header, characters, a zero.
inline std::uint64_t sds_size(std::uint64_t length) {
  const std::uint64_t header = length < 32 ? 1 : length < 256 ? 3 : length < 65536 ? 5 : 9;
  return jemalloc_size(header + length + 1);
}

/// A key and its value, without their share of the bucket pointers; `expires`: it has a time to live.
inline std::uint64_t redis_key_bytes(std::uint64_t key_length, std::uint64_t value_length, bool expires) {
  constexpr std::uint64_t entry = 24, object = 16;
  const std::uint64_t value =
      value_length <= 44 ? jemalloc_size(object + 3 + value_length + 1) : object + sds_size(value_length);
  return entry + sds_size(key_length) + value + (expires ? entry : 0);
}

/// The bucket pointers of a dictionary.
struct DictSize {
  std::uint64_t buckets = 0;
  std::uint64_t bytes() const { return 8 * buckets; }
  /// Doubles when it has as many keys as buckets; put off while that would exceed what memory is left, up to 1.618 keys
  /// a bucket (server.c, dictExpandAllowed).
  void add(std::uint64_t keys, std::uint64_t left) {
    if (keys <= buckets) return;
    std::uint64_t next = buckets == 0 ? 4 : buckets;
    while (next < keys) next *= 2;
    if (next * 8 > left && static_cast<double>(keys) <= 1.618 * static_cast<double>(buckets)) return;
    buckets = next;
  }
};

}  // namespace capplan::models
