#pragma once
// A field of a CSV file as it is written.

#include <string>

namespace capplan::plan {

/// Quoted where it needs quotes (RFC 4180).
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace capplan::plan
