#pragma once
// A small file as one text, plain or gzip, told apart by its first two bytes. Limits: text of `most` bytes, also where
// a pipe or a device never ends; logs, which may be larger, are read line by line (plan/capture/pgbench_log.h).

#include <cstddef>
#include <string>

namespace capplan::plan {

/// The text of a file or a pipe. Throws core::InputError with `hint` if it cannot be read, is a folder or a device, is
/// empty, is damaged, holds bytes that no text has, or is too long.
std::string read_whole(const std::string& path, const std::string& hint, std::size_t most = std::size_t{64} << 20);

}  // namespace capplan::plan
