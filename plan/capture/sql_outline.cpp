// Outlines and titles of statements; source and limits in sql_outline.h.

#include "plan/capture/sql_outline.h"

#include <algorithm>
#include <array>

namespace capplan::plan {

namespace {

constexpr std::size_t longest_title = 40;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) || (c & 0x80) != 0;
}

/// Behind the quoted text that begins at `at`; `escapes`: a backslash takes the next character with it.
std::size_t behind_quoted(std::string_view text, std::size_t at, bool escapes) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (escapes && text[at] == '\\')
      ++at;
    else if (text[at] == quote && at + 1 < text.size() && text[at + 1] == quote)
      ++at;
    else if (text[at] == quote)
      return at + 1;
  }
  return text.size();
}

std::size_t behind_comment(std::string_view text, std::size_t at) {
  if (text[at] == '-') return std::min(text.find('\n', at), text.size());
  int depth = 0;
  for (; at + 1 < text.size(); ++at) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      ++at;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      ++at;
      if (--depth == 0) return at + 1;
    }
  }
  return text.size();
}

/// The tag of a dollar quote ("$$", "$body$") that begins at `at`; empty if none does.
std::string_view dollar_tag(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && in_name(text[end]) && !(end == at + 1 && is_digit(text[end]))) ++end;
  return end < text.size() && text[end] == '$' ? text.substr(at, end + 1 - at) : std::string_view();
}

std::size_t behind_number(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    const bool exponent = at + 1 < text.size() && (text[at] == 'e' || text[at] == 'E') &&
                          (is_digit(text[at + 1]) || text[at + 1] == '-' || text[at + 1] == '+');
    if (exponent)
      ++at;
    else if (!is_digit(text[at]) && text[at] != '.')
      break;
  }
  return at;
}

}  // namespace

void outline_of(std::string_view text, std::string& outline) {
  outline.clear();
  const auto blank = [&] {
    if (!outline.empty() && outline.back() != ' ') outline += ' ';
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (in_name(c) && !is_digit(c)) {
      const std::size_t from = at;
      while (at < text.size() && (in_name(text[at]) || text[at] == '$')) ++at;
      outline.append(text, from, at - from);
      const bool escapes = at - from == 1 && (c == 'e' || c == 'E');
      if (at < text.size() && text[at] == '\'' && escapes) {
        at = behind_quoted(text, at, true);
        outline += "''";
      }
    } else if (is_blank(c)) {
      blank();
      ++at;
    } else if (is_digit(c) || (c == '.' && is_digit(next))) {
      at = behind_number(text, at);
      outline += '0';
    } else if (c == '\'') {
      at = behind_quoted(text, at, false);
      outline += "''";
    } else if (c == '"') {
      const std::size_t end = behind_quoted(text, at, false);
      outline.append(text, at, end - at);
      at = end;
    } else if ((c == '-' && next == '-') || (c == '/' && next == '*')) {
      at = behind_comment(text, at);
      blank();
    } else if (c == '$' && is_digit(next)) {
      const std::size_t from = at++;
      while (at < text.size() && is_digit(text[at])) ++at;
      outline.append(text, from, at - from);
    } else if (const std::string_view tag = c == '$' ? dollar_tag(text, at) : std::string_view(); !tag.empty()) {
      const std::size_t closing = text.find(tag, at + tag.size());
      at = closing == std::string_view::npos ? text.size() : closing + tag.size();
      outline += "''";
    } else {
      outline += c;
      ++at;
    }
  }
  while (!outline.empty() && (outline.back() == ' ' || outline.back() == ';')) outline.pop_back();
}

namespace {

/// The words of an outline in small letters, names in quotes without them; other signs between are left out.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// The next word, or nothing at the end.
  std::string next() {
    while (at_ < text_.size() && !in_name(text_[at_]) && text_[at_] != '"') ++at_;
    std::string word;
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t end = behind_quoted(text_, at_, false);
      word = text_.substr(at_ + 1, end - at_ > 2 ? end - at_ - 2 : 0);
      at_ = end;
    } else {
      for (; at_ < text_.size() && in_name(text_[at_]); ++at_) word += text_[at_];
    }
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : in_name(c) && !(c & 0x80) ? c : '_';
    return word;
  }

  /// A name; of "schema.table" the table.
  std::string name() {
    std::string word = next();
    while (at_ + 1 < text_.size() && text_[at_] == '.') word = next();
    return word;
  }

  bool before_bracket() const {
    return text_.substr(std::min(text_.find_first_not_of(' ', at_), text_.size())).starts_with('(');
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string title_of(std::string_view statement) {
  std::string outline;
  outline_of(statement, outline);
  Words words(outline);
  std::string verb = words.next();
  if (verb == "with") {  // what it writes counts; what it reads in the parts before does not
    verb = "select";
    Words rest(outline);
    for (std::string word = rest.next(); !word.empty() && verb == "select"; word = rest.next())
      if (word == "insert" || word == "update" || word == "delete" || word == "merge") verb = word;
    words = Words(outline);
    while (verb != "select" && words.next() != verb) {}
  }
  static constexpr std::array takes_table = {"select",   "insert",  "update",  "delete", "merge", "copy",
                                             "truncate", "refresh", "analyze", "vacuum", "lock"};
  std::string title = verb.empty() ? "statement" : verb;
  if (std::find(takes_table.begin(), takes_table.end(), verb) != takes_table.end()) {
    bool follows = verb == "update" || verb == "truncate" || verb == "copy" || verb == "vacuum" || verb == "analyze";
    for (std::string word = words.name(); !word.empty(); word = words.name()) {
      const bool leads = word == "from" || word == "into" || word == "table" || word == "view";
      const bool between = word == "only" || word == "lateral" || word == "select" || word == "concurrently";
      if (leads) {
        follows = true;
      } else if (follows && !between && !(verb == "select" && words.before_bracket())) {
        title += "_" + word;
        break;
      }
    }
  }
  return title.substr(0, longest_title);
}

}  // namespace capplan::plan
