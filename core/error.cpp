// Messages in the manner of a compiler, for editors to jump to and people to read. A source line is shown where the
// file of a position can be read; columns count characters of UTF-8, as the parser of scenario files counts them.
// Nearest names: optimal string alignment (Damerau 1964), where swapped letters are one mistake.

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>

namespace capplan::core {

namespace {

/// The lines of the files that problems point at, each read once.
class Sources {
 public:
  /// The line, or null where there is none to show.
  const std::string* line(const Position& where) {
    if (where.line <= 0 || where.column <= 0) return nullptr;
    const auto [entry, fresh] = files_.try_emplace(where.file);
    if (fresh) read(where.file, entry->second);
    const auto index = static_cast<std::size_t>(where.line - 1);
    return index < entry->second.size() ? &entry->second[index] : nullptr;
  }

 private:
  static void read(const std::string& path, std::vector<std::string>& lines) {
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure) || std::filesystem::file_size(path, failure) > (16U << 20))
      return;
    std::ifstream file(path, std::ios::binary);
    if (file.get() == 0x1f && file.get() == 0x8b) return;  // gzip: what is meant is a line of what it holds
    file.clear();
    file.seekg(0);
    for (std::string text; std::getline(file, text);) {
      if (!text.empty() && text.back() == '\r') text.pop_back();
      lines.push_back(std::move(text));
    }
  }

  std::map<std::string, std::vector<std::string>> files_;
};

/// Control characters are no text: one of them could end a message early, or command a terminal.
std::string printable(std::string text) {
  for (char& c : text)
    if (std::iscntrl(static_cast<unsigned char>(c)) && c != '\n') c = '?';
  return text;
}

/// The source line under its number, and a caret below the column. Of a long line the part around the column is shown.
std::string excerpt(const std::string& line, const Position& where) {
  constexpr int before = 90, after = 30;
  const int from = where.column > before + 20 ? where.column - before : 1;
  std::string shown, pad;
  int column = 0;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++column;  // not a continuation byte: a new character
    if (column < from) continue;
    if (column > where.column + after && column > from + before + after) {
      shown += "...";
      break;
    }
    shown += c == '\t' || !std::iscntrl(byte) ? c : '?';
    if (column < where.column && (byte & 0xC0) != 0x80) pad += c == '\t' ? '\t' : ' ';
  }
  for (; column + 1 < where.column; ++column) pad += ' ';
  const std::string dots = from > 1 ? "..." : "";
  return fmt::format("\n{:5} | {}{}\n      | {}{}^", where.line, dots, shown, from > 1 ? "   " : "", pad);
}

std::string describe(const Problem& problem, Sources& sources) {
  std::string text = problem.where.file;
  if (problem.where.line > 0) text += fmt::format("{}{}", text.empty() ? "" : ":", problem.where.line);
  if (problem.where.line > 0 && problem.where.column > 0) text += fmt::format(":{}", problem.where.column);
  text += fmt::format("{}error: {}{}{}", text.empty() ? "" : ": ", problem.key, problem.key.empty() ? "" : ": ",
                      problem.what);
  text = printable(std::move(text));
  if (const std::string* line = sources.line(problem.where)) text += excerpt(*line, problem.where);
  if (!problem.hint.empty()) text += "\n  hint: " + problem.hint;
  return text;
}

std::string describe_all(const std::vector<Problem>& problems) {
  Sources sources;
  std::string text;
  for (const Problem& problem : problems) text += describe(problem, sources) + "\n";
  return text + fmt::format("{} error{}", problems.size(), problems.size() == 1 ? "" : "s");
}

/// Case and the two dashes aside, since these are not what a reader would call another word.
std::string folded(const std::string& word) {
  std::string result = word;
  for (char& c : result) c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// The number of letters put in, left out, changed or swapped with the next.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> older(b.size() + 1), old(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) old[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = old[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({old[j] + 1, now[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], older[j - 2] + 1);
    }
    std::swap(older, old);
    std::swap(old, now);
  }
  return old[b.size()];
}

}  // namespace

std::string describe(const Problem& problem) {
  Sources sources;
  return describe(problem, sources);
}

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(describe_all(problems)), problems_(std::move(problems)) {}

InputError::InputError(Position where, std::string key, std::string what, std::string hint)
    : InputError(std::vector<Problem>{{std::move(where), std::move(key), std::move(what), std::move(hint)}}) {}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.size() > 100) return {};
  const std::string target = folded(word);
  const std::string* best = nullptr;
  std::size_t least = word.size() / 3 + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > word.size() + least || candidate.size() + least < word.size()) continue;
    const std::size_t mistakes = distance(target, folded(candidate));
    if (mistakes < least) {
      least = mistakes;
      best = &candidate;
    }
  }
  return best ? *best : std::string();
}

}  // namespace capplan::core
