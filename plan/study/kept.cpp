#include "plan/study/kept.h"

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "plan/format/json_schema.h"
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

}  // namespace

Kept read_kept(const std::string& file) {
  std::string text = content(file);
  if (text.starts_with(sqlite_magic)) return {.grid = grid_of(Store(file).all(), file)};
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '<') {
    auto json = embedded_json(text);
    if (!json) throw core::InputError({file, 0, 0}, "", "is a page, but no report of capplan's: it holds no data");
    text = std::move(*json);
  }
  std::string schema = json_schema_of(text, file);
  return {.json = std::move(text), .schema = std::move(schema)};
}

Result read_kept_result(const std::string& file) {
  Kept kept = read_kept(file);
  if (!kept.grid && kept.schema == result_schema) return result_from_json(kept.json, file);
  if (auto* result = kept.grid ? std::get_if<Result>(&*kept.grid) : nullptr) return std::move(*result);
  throw core::InputError({file, 0, 0}, "", "holds no single result", "capplan run scenario.toml -o " + file);
}

}  // namespace capplan::plan
