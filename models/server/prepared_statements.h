#pragma once
// The statements that are prepared on one connection: the last used of them, as drivers and PgBouncer keep them. One
// that is not among them is parsed and planned anew, and the one unused for longest is closed for it. Source: asyncpg
// asyncpg/connection.py (_StatementCache); pgbouncer src/prepare.c (register_prepared_statement).

#include <algorithm>
#include <cstdint>
#include <vector>

namespace capplan::models {

class PreparedStatements {
 public:
  /// Whether `text` is there already; if not it is now, where there is room for any. Text 0 never is.
  bool use(std::uint32_t text, std::uint32_t capacity) {
    if (text == 0 || capacity == 0) return false;
    const auto found = std::find(texts_.rbegin(), texts_.rend(), text);
    if (found != texts_.rend()) {
      std::rotate(texts_.rbegin(), found, found + 1);
      return true;
    }
    if (texts_.size() == capacity) texts_.erase(texts_.begin());
    texts_.push_back(text);
    return false;
  }
  void clear() { texts_.clear(); }

 private:
  std::vector<std::uint32_t> texts_;  // the last used at the end
};

}  // namespace capplan::models
