#pragma once
// The keys that a class of requests asks its caches for, from a file: one key a line, in the order in which they were
// asked for. What is measured has its repetitions close together; a popularity alone has not.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/spec/value.h"

namespace capplan::plan {

/// Reads a file of keys. A first line `key` is a header. Throws core::InputError with every line that holds none.
std::shared_ptr<const models::KeyTrace> load_keys(const std::string& path);

/// The number that stands for a key: a whole number for itself, so that "17" is the 17 of an array; any other text a
/// hash of 63 bits, the same on every machine.
std::uint64_t key_number(std::string_view text);

}  // namespace capplan::plan
