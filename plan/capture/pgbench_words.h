#pragma once
// Which of pgbench's two logs a line of numbers belongs to. Source: doLog() in src/bin/pgbench/pgbench.c, 9.6 to 17.

#include <charconv>
#include <string_view>

#include "plan/capture/format_spec.h"

namespace capplan::plan {

enum class PgbenchLine { none, transaction, interval };

/// By the first column, a client or a time in seconds since 1970, and by how many there are.
inline PgbenchLine pgbench_words(std::string_view line) {
  const std::vector<std::string_view> words = split_line(line, ' ');
  const auto number = [&](std::size_t i, double& value) {
    return std::from_chars(words[i].data(), words[i].data() + words[i].size(), value).ec == std::errc{};
  };
  double first = 0, second = 0;
  if (words.size() < 6 || !number(0, first) || !number(1, second)) return PgbenchLine::none;
  const std::size_t n = words.size();
  if (first >= 1e8 && (n == 6 || n == 10 || n == 11 || n == 15)) return PgbenchLine::interval;
  return n <= 8 ? PgbenchLine::transaction : PgbenchLine::none;
}

}  // namespace capplan::plan
