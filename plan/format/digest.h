#pragma once
// SHA-256, by libmd: what identifies scenarios, points and captured files.

#include <string>
#include <string_view>

namespace capplan::plan {

/// 64 hex digits.
std::string sha256(std::string_view text);

/// Of a file's bytes. Throws core::InputError naming the file if it cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace capplan::plan
