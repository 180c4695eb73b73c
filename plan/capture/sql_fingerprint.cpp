// The only place that knows libpg_query; limits in sql_fingerprint.h.

#include "plan/capture/sql_fingerprint.h"

#include <pg_query.h>

namespace capplan::plan {

namespace {

constexpr std::size_t longest = 8192;

std::string in_one_line(const char* text) {
  std::string line;
  for (; *text != '\0'; ++text) {
    const bool blank = *text == ' ' || *text == '\t' || *text == '\n' || *text == '\r';
    if (!blank)
      line += *text;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == ';')) line.pop_back();
  return line;
}

}  // namespace

std::optional<NormalStatement> normalise(const std::string& statement) {
  if (statement.size() > longest || statement.find('\0') != std::string::npos) return std::nullopt;
  std::optional<NormalStatement> found;
  const PgQueryFingerprintResult fingerprint = pg_query_fingerprint(statement.c_str());
  if (fingerprint.error == nullptr && fingerprint.fingerprint_str != nullptr) {
    const PgQueryNormalizeResult normal = pg_query_normalize(statement.c_str());
    if (normal.error == nullptr && normal.normalized_query != nullptr)
      found = NormalStatement{fingerprint.fingerprint_str, in_one_line(normal.normalized_query)};
    pg_query_free_normalize_result(normal);
  }
  pg_query_free_fingerprint_result(fingerprint);
  return found;
}

}  // namespace capplan::plan
