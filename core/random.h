#pragma once
// Counter-based random streams: Philox4x64-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2,
// 3", SC'11) from Random123. A stream is named by (seed, replication, component, purpose): the name is the key, the
// rest the counter. Adding a component shifts no other's numbers, and two what-ifs share theirs (common random
// numbers).

#include <array>
#include <cstdint>
#include <string_view>

namespace capplan::core {

/// Scatters the bits of a number, so that close numbers become far ones (splitmix64's finaliser, Stafford's variant
/// 13).
inline std::uint64_t mix(std::uint64_t h) {
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

/// One stream of random numbers. Cheap to make and to move to any place of; not to be shared between threads.
class Stream {
 public:
  Stream(std::uint64_t seed, std::uint64_t replication, std::string_view component, std::string_view purpose);

  /// Goes to the start of substream `number`, whose numbers depend on nothing drawn before. So the n-th request costs
  /// the same under every configuration. Returns *this. `ahead` blocks of four are made at a time from here on.
  Stream& at(std::uint64_t number, int ahead = 1) {
    counter_ = 0;
    substream_ = number;
    end_ = position_ = 0;
    ahead_ = ahead;
    return *this;
  }

  /// 64 random bits.
  std::uint64_t next() {
    if (position_ == end_) refill();
    return buffer_[position_++];
  }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Uniform in (0, 1): never 0, so that its logarithm is finite.
  double uniform_open() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }
  /// Uniform integer in [0, n), n > 0, without bias (Lemire 2019).
  std::uint64_t below(std::uint64_t n);
  /// Standard exponential, mean 1 (ziggurat of 256 layers; Marsaglia and Tsang 2000).
  double exponential();
  /// Standard normal (ziggurat of 256 layers).
  double normal();

 private:
  void refill();

  static constexpr int blocks = 4;
  std::array<std::uint64_t, 4 * blocks> buffer_;
  std::array<std::uint64_t, 2> key_;
  std::uint64_t seed_;
  std::uint64_t replication_;
  std::uint64_t substream_ = 0;
  std::uint64_t counter_ = 0;
  int position_ = 0;
  int end_ = 0;
  int ahead_ = blocks;
};

/// The tables of a ziggurat: layer i spans [0, x[i]], of which [0, x[i + 1]] lies wholly under the density f.
struct Ziggurat {
  double r;  ///< where the tail begins
  std::array<double, 257> x;
  std::array<double, 257> f;
};
extern const Ziggurat exponential_ziggurat;
extern const Ziggurat normal_ziggurat;

inline double Stream::exponential() {
  const Ziggurat& z = exponential_ziggurat;
  for (double tail = 0;;) {
    const std::uint64_t bits = next();
    const auto layer = static_cast<std::size_t>(bits & 255);
    const double x = static_cast<double>(bits >> 11) * 0x1p-53 * z.x[layer];
    if (x < z.x[layer + 1]) [[likely]]
      return tail + x;
    if (layer == 0) {
      tail += z.r;  // the tail of an exponential is an exponential again
      continue;
    }
    if (z.f[layer] + uniform() * (z.f[layer + 1] - z.f[layer]) < __builtin_exp(-x)) return tail + x;
  }
}

}  // namespace capplan::core
