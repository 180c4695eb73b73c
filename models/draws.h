#pragma once
// Names of places in random streams: what is drawn for a request, its n-th statement, its k-th attempt.

#include "core/random.h"

namespace capplan::models {

/// Two numbers as one that names a place in a random stream.
inline std::uint64_t combine(std::uint64_t a, std::uint64_t b) { return core::mix(a + b * 0x9e3779b97f4a7c15ULL); }

/// The name of what the k-th attempt draws, of a thing whose first attempt (k = 0) draws by the thing's own name.
inline std::uint64_t attempt_draws(std::uint64_t name, std::uint32_t attempt) {
  return attempt == 0 ? name : combine(name, std::uint64_t{attempt} << 32);
}

}  // namespace capplan::models
