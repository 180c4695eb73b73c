#include "core/fingerprint.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace capplan::core {

namespace {

/// FNV-1a over the bits of numbers (Fowler, Noll, Vo), eight bytes a step.
class BitHash {
 public:
  void add(double x) {
    hash_ ^= std::bit_cast<std::uint64_t>(x);
    hash_ *= 0x100000001b3U;
    hash_ ^= hash_ >> 29;  // the step's multiplication carries bits upwards alone
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace

std::string math_fingerprint() {
  BitHash hash;
  for (int i = 1; i <= 2000; ++i) {
    const double x = i * 0.0137;
    hash.add(std::exp(-x));
    hash.add(std::log(x));
    hash.add(std::pow(x, 0.731));
    hash.add(std::lgamma(x));
  }
  std::string text(16, '0');
  for (int i = 0; i < 16; ++i)
    text[static_cast<std::size_t>(i)] = "0123456789abcdef"[hash.value() >> (60 - 4 * i) & 15];
  return text;
}

}  // namespace capplan::core
