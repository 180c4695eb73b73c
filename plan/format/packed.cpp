// Values as bytes: the reading side, and the checksum (CRC-32) of both.

#include "plan/format/packed.h"

#include <cstring>
#include <stdexcept>
#include <utility>

#include "plan/format/deflate.h"

namespace capplan::plan {

std::string Packer::finish() {
  const auto sum = std::bit_cast<std::array<char, sizeof(std::uint32_t)>>(checksum(bytes_));
  return std::move(bytes_.append(sum.data(), sum.size()));
}

void Unpacker::damaged() { throw std::invalid_argument("is damaged: the bytes are not as they were written"); }

Unpacker::Unpacker(std::string_view bytes) : bytes_(bytes) {
  std::uint32_t sum = 0;
  if (bytes.size() < sizeof sum) damaged();
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  bytes_.remove_suffix(sizeof sum);
  if (checksum(bytes_) != sum) damaged();
}

std::string_view Unpacker::take(std::size_t size) {
  if (size > bytes_.size()) damaged();
  const std::string_view taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

std::uint8_t Unpacker::byte() { return static_cast<std::uint8_t>(take(1).front()); }

std::uint64_t Unpacker::raw() {
  std::uint64_t x = 0;
  std::memcpy(&x, take(sizeof x).data(), sizeof x);
  return x;
}

std::size_t Unpacker::count() {
  std::size_t n = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const std::uint8_t group = byte();
    n |= static_cast<std::size_t>(group & 127) << shift;
    if (group < 128) return n;
  }
  damaged();
}

std::size_t Unpacker::size() {
  const std::size_t size = count();
  if (size > bytes_.size()) damaged();
  return size;
}

std::string_view Unpacker::text() { return take(count()); }

}  // namespace capplan::plan
