#pragma once
// What a string key takes of Redis' memory. Source: Redis 7 src/object.c (createEmbeddedStringObject, 44 bytes),
// src/sds.c (headers of 1, 3, 5, 9 bytes and a final zero), src/dict.c (entries of 24 bytes; a power of two of bucket
// pointers), deps/Makefile (--with-lg-quantum=3); jemalloc's size classes: steps of the
// quantum to 64, then four to each doubling.

#include <cstdint>

namespace capplan::models {

/// The size classes of the allocator. Redis builds its own jemalloc with steps of 2^3 bytes; a distribution's library
/// has steps of 2^4, under which every entry and short name takes more (Debian's redis-server).
struct Jemalloc {
  int lg_quantum = 3;

  /// What it hands out for a request of so many bytes.
  std::uint64_t size(std::uint64_t bytes) const {
    const std::uint64_t quantum = std::uint64_t{1} << lg_quantum;
    if (bytes <= 8) return 8;
    if (bytes <= 4 * quantum || bytes <= 64) return (bytes + quantum - 1) / quantum * quantum;
    std::uint64_t doubling = 64;
    while (doubling * 2 < bytes) doubling *= 2;
    const std::uint64_t step = doubling / 4;
    return (bytes + step - 1) / step * step;
  }

  /// A text as sds: header, characters, a zero.
  std::uint64_t sds(std::uint64_t length) const {
    const std::uint64_t header = length < 32 ? 1 : length < 256 ? 3 : length < 65536 ? 5 : 9;
    return size(header + length + 1);
  }

  /// A key and its value, without their share of the bucket pointers; `expires`: it has a time to live.
  std::uint64_t key(std::uint64_t key_length, std::uint64_t value_length, bool expires) const {
    constexpr std::uint64_t entry = 24, object = 16;
    const std::uint64_t value = value_length <= 44 ? size(object + 3 + value_length + 1) : object + sds(value_length);
    return size(entry) + sds(key_length) + value + (expires ? size(entry) : 0);
  }
};

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
