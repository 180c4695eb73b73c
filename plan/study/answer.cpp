#include "plan/study/answer.h"

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "plan/format/page_data.h"
#include "plan/study/grid_of_results.h"
#include "plan/study/result_json.h"
#include "plan/study/store.h"

namespace capplan::plan {

namespace {

/// How SQLite begins every file.
constexpr std::string_view sqlite_magic = "SQLite format 3";

std::string content(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  if (stream) bytes << stream.rdbuf();
  if (!stream)
    throw core::InputError({file, 0, 0}, "", "cannot be read", "capplan report STORE, RESULT.json or REPORT.html");
  return bytes.str();
}

Answer from_json(const std::string& text, const std::string& file) {
  if (auto sweep = sweep_from_json(text, file)) return std::move(*sweep);
  if (auto comparison = comparison_from_json(text, file)) return std::move(*comparison);
  return result_from_json(text, file);
}

}  // namespace

Answer read_answer(const std::string& file) {
  const std::string text = content(file);
  if (text.starts_with(sqlite_magic)) return grid_of(Store(file).all(), file);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '<') return from_json(text, file);
  const auto json = embedded_json(text);
  if (!json) throw core::InputError({file, 0, 0}, "", "is a page, but no report of capplan's: it holds no data");
  return from_json(*json, file);
}

Result read_kept_result(const std::string& file) {
  Answer answer = read_answer(file);
  if (auto* result = std::get_if<Result>(&answer)) return std::move(*result);
  throw core::InputError({file, 0, 0}, "", "holds no single result", "capplan run scenario.toml -o " + file);
}

}  // namespace capplan::plan
