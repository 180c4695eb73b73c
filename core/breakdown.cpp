#include "core/breakdown.h"

namespace capplan::core {

BreakdownSlice Breakdown::take() {
  BreakdownSlice slice;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].count == 0) continue;
    const auto begin = rows_[i].parts.begin();
    slice.rows.push_back(
        {static_cast<std::uint16_t>(i), rows_[i].count, {begin, begin + static_cast<std::ptrdiff_t>(parts_)}});
    rows_[i] = {};
  }
  return slice;
}

}  // namespace capplan::core
