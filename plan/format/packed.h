#pragma once
// Values as bytes, and back equal to the last bit: what a store keeps of figures, and what processes tell each other.
// Doubles are as the machine has them (little-endian), small whole numbers in groups of seven bits, least first; a
// checksum at the end finds damage. Nothing says what stands where: who reads knows what was written.

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace capplan::plan {

static_assert(std::endian::native == std::endian::little, "packed values are little-endian");

class Packer {
 public:
  void byte(std::uint8_t byte) { bytes_ += static_cast<char>(byte); }
  void number(double x) { raw(std::bit_cast<std::uint64_t>(x)); }
  void raw(std::uint64_t x) {
    const auto bytes = std::bit_cast<std::array<char, sizeof x>>(x);
    bytes_.append(bytes.data(), bytes.size());
  }
  void count(std::size_t n) {
    for (; n >= 128; n >>= 7) byte(static_cast<std::uint8_t>(n | 128));
    byte(static_cast<std::uint8_t>(n));
  }
  void text(std::string_view text) {
    count(text.size());
    bytes_ += text;
  }
  /// All of it, with its checksum.
  std::string finish();

 private:
  std::string bytes_;
};

/// Every read throws std::invalid_argument where the bytes end before; so do damaged() and the checksum.
class Unpacker {
 public:
  /// Of bytes that must outlive it. Checks the sum at the end first.
  explicit Unpacker(std::string_view bytes);

  std::uint8_t byte();
  double number() { return std::bit_cast<double>(raw()); }
  std::uint64_t raw();
  std::size_t count();  ///< below 2^35
  /// A count of elements that take a byte each or more: no more than there are bytes left, so that damage costs no
  /// memory.
  std::size_t size();
  std::string_view text();
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

  [[noreturn]] static void damaged();

 private:
  std::string_view take(std::size_t size);

  std::string_view bytes_;
};

}  // namespace capplan::plan
