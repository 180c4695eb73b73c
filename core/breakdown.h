#pragma once
// What spans of time are made of, by how long they are: the parts of each span are added up in the row of its size,
// four rows to the octave, so that "what does a slow one spend its time on" has an answer without a stored sample. A
// row holds spans that differ by less than a fourth of the least. Exact sums, in nanoseconds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/histogram.h"

namespace capplan::core {

/// What a breakdown saw between two moments: only the rows that were hit.
struct BreakdownSlice {
  struct Row {
    std::uint16_t index;
    std::uint64_t count;
    std::vector<Nanos> parts;  ///< sums
  };
  std::vector<Row> rows;
};

class Breakdown {
 public:
  static constexpr std::size_t most_parts = 32;

  /// Counts a span and adds its parts. Never allocates.
  template <std::size_t parts>
  void record(Nanos span, const std::array<Nanos, parts>& times) {
    static_assert(parts <= most_parts);
    Row& row = rows_[row_of(span)];
    ++row.count;
    for (std::size_t i = 0; i < parts; ++i) row.parts[i] += times[i];
    parts_ = parts;
  }

  /// What was recorded since the last take(); leaves the breakdown empty.
  BreakdownSlice take();

  /// The row of a span; a negative one counts as 0.
  static std::size_t row_of(Nanos span) {
    return Histogram::index(static_cast<std::uint64_t>(span > 0 ? span : 0)) / buckets_per_row;
  }

 private:
  static constexpr std::size_t buckets_per_row = 32;
  static constexpr std::size_t row_count = Histogram::bucket_count / buckets_per_row + 1;

  struct Row {
    std::uint64_t count = 0;
    std::array<Nanos, most_parts> parts{};
  };
  std::vector<Row> rows_ = std::vector<Row>(row_count);
  std::size_t parts_ = 0;
};

}  // namespace capplan::core
