#pragma once
// A small file as one text, plain or gzip, told apart by its first two bytes. Limits: 64 MB of text; logs, which may be
// larger, are read line by line (plan/capture/pgbench_log.h).

#include <string>

namespace capplan::plan {

/// The text of a file. Throws core::InputError with `hint` if it cannot be read, is empty, is damaged, holds bytes that
/// no text has, or is too long.
std::string read_whole(const std::string& path, const std::string& hint);

}  // namespace capplan::plan
