#include "plan/format/digest.h"

#include <sha256.h>
#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace capplan::plan {

std::string sha256(std::string_view text) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), hex.data());
  return hex.data();
}

std::string sha256_of_file(const std::string& path) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  if (SHA256File(path.c_str(), hex.data()) == nullptr)
    throw core::InputError({path, 0, 0}, "", std::string("cannot be read: ") + std::strerror(errno));
  return hex.data();
}

}  // namespace capplan::plan
