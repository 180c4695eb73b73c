#include "plan/format/text_layout.h"

namespace capplan::plan {

namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Where the n-th character of a text begins, or its end.
std::size_t byte_of(std::string_view text, std::size_t n) {
  std::size_t i = 0;
  for (; i < text.size(); ++i)
    if (starts_character(text[i]) && n-- == 0) break;
  return i;
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += starts_character(c) ? 1 : 0;
  return count;
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;  // the control characters of Latin-1, two bytes in UTF-8
    result += byte < 0x20 || byte == 0x7F || c1 ? '?' : text[i];
  }
  return result;
}

std::string elided(const std::string& text, std::size_t width) {
  const std::size_t length = columns(text);
  if (length <= width) return text;
  if (width <= 1) return "…";
  const std::size_t head = width / 2, tail = width - 1 - head;
  return text.substr(0, byte_of(text, head)) + "…" + text.substr(byte_of(text, length - tail));
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    std::string& line = lines.back();
    if (word.empty() || line.empty())
      line += word;
    else if (columns(line) + 1 + columns(word) <= width)
      line += " " + word;
    else
      lines.push_back(word);
    at = end + 1;
  }
  return lines;
}

std::string paragraph(const std::string& text, std::size_t width, std::size_t indent) {
  std::string result;
  for (const std::string& line : wrapped(text, width > indent ? width - indent : 1))
    result += (result.empty() ? "" : std::string(indent, ' ')) + line + "\n";
  return result;
}

}  // namespace capplan::plan
