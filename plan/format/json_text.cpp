#include "plan/format/json_text.h"

namespace capplan::plan {

namespace {

/// Lists of numbers put on one line each: [0.1, 0.25].
std::string folded(const std::string& text) {
  std::string result;
  bool quoted = false, flat = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '[') flat = text[text.find_first_of("[]{\"", i + 1)] == ']';
    if (!quoted && c == ']') flat = false;
    if (flat && c == ',')
      result += ", ";
    else if (!flat || (c != ' ' && c != '\n'))
      result += c;
    if (quoted && c == '\\') result += text[++i];
  }
  return result;
}

}  // namespace

bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest_json) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string says_why(const std::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.starts_with("[json") ? text.find("] ") : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 2);
}

std::string written(const nlohmann::ordered_json& json, int indent) {
  const std::string text = json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return indent < 0 ? text : folded(text) + "\n";
}

}  // namespace capplan::plan
