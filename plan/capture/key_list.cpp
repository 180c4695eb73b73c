// Reading keys: one a line, plain text. A line with a comma is refused: it is a table of more than keys.
// Source of the hash: FNV-1a of 64 bits (Fowler, Noll, Vo), mixed. Limits: 8 bytes of memory a key; two texts among n
// share a number with a probability of about n^2 / 2^64, which is 5e-8 for a million.

#include "plan/capture/key_list.h"

#include <charconv>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "core/random.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_problems = 20;

/// The whole text as a number of type T, spelled as such numbers are: "007" is a text.
template <class T>
bool is_whole(std::string_view text, T& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() && std::to_string(number) == text;
}

}  // namespace

std::uint64_t key_number(std::string_view text) {
  std::int64_t whole = 0;
  if (is_whole(text, whole)) return static_cast<std::uint64_t>(whole);
  std::uint64_t large = 0;
  if (is_whole(text, large)) return large;
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return core::mix(hash) | (std::uint64_t{1} << 63);
}

std::shared_ptr<const models::KeyTrace> load_keys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    throw core::InputError({path, 0, 0}, "", "cannot be opened for reading", "a file with one key a line is wanted");
  models::KeyTrace trace;
  trace.source = std::filesystem::path(path).filename().string();
  std::vector<core::Problem> problems;
  std::string line;
  for (int number = 1; std::getline(file, line) && problems.size() < most_problems; ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (number == 1 && line == "key") continue;
    const std::size_t comma = line.find(',');
    if (line.empty()) {
      problems.push_back({{path, number, 1}, "", "is empty: each line holds one key", ""});
    } else if (comma != std::string::npos) {
      problems.push_back({{path, number, static_cast<int>(comma) + 1},
                          "",
                          "has a second column: each line holds one key",
                          "keep the column of keys alone"});
    } else {
      trace.keys.push_back(key_number(line));
    }
  }
  if (problems.empty() && trace.keys.empty())
    problems.push_back({{path, 0, 0}, "", "holds no keys", "write one key a line"});
  if (!problems.empty()) throw core::InputError(std::move(problems));
  return std::make_shared<const models::KeyTrace>(std::move(trace));
}

}  // namespace capplan::plan
