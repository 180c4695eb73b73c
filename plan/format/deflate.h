#pragma once
// Texts made smaller by zlib, those that resemble a known one by far: a dictionary is the text that they are a
// variation of (RFC 1950, preset dictionary). Limits: only the last 32 kB of a dictionary help, and a text of 64 MB.

#include <cstdint>
#include <string>
#include <string_view>

namespace capplan::plan {

/// The text, deflated. The same bytes each time with one version of zlib; any version reads them back.
std::string deflated(std::string_view text, std::string_view dictionary = {});

/// The text of it. Throws std::invalid_argument where the bytes are damaged, or the dictionary is another.
std::string inflated(std::string_view bytes, std::string_view dictionary = {});

/// CRC-32 of the bytes.
std::uint32_t checksum(std::string_view bytes);

}  // namespace capplan::plan
