#pragma once
// What a statement is apart from its constants: libpg_query's fingerprint and normal form, by PostgreSQL's own parser.
// Source: https://github.com/pganalyze/libpg_query, of PostgreSQL 15 in Debian 12. Limits: that parser falls over its
// own recursion on very deep statements, so that it is given at most 8 kB, constants not counted.

#include <cstdint>
#include <optional>
#include <string>

namespace capplan::plan {

struct NormalStatement {
  std::string fingerprint;  ///< 16 hexadecimal digits
  std::string text;         ///< constants as $1, $2, …; blanks and line breaks as one blank each
};

/// What the parser says of a statement; nothing if it cannot read it, as where it is cut short, too long, or newer than
/// the parser.
std::optional<NormalStatement> normalise(const std::string& statement);

}  // namespace capplan::plan
