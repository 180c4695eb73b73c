#include "plan/study/kept.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "plan/format/json_schema.h"
#include "plan/format/page_data.h"
#include "plan/format/whole_file.h"
#include "plan/study/grid_of_results.h"
#include "plan/study/result_json.h"
#include "plan/study/store.h"

namespace capplan::plan {

namespace {

/// How SQLite begins every file.
constexpr std::string_view sqlite_magic = "SQLite format 3";
/// A sweep of 100000 points as JSON.
constexpr std::size_t longest = std::size_t{4} << 30;

/// As many points of a store are held in memory.
constexpr std::size_t most_points = 200'000;

bool is_sqlite(const std::string& file) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return false;  // a pipe gives its bytes but once
  std::ifstream stream(file, std::ios::binary);
  std::string begin(sqlite_magic.size(), '\0');
  return stream.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == sqlite_magic;
}

std::vector<StoredPoint> points_of(const std::string& file) {
  const Store store = Store::to_read(file);
  if (const std::size_t size = store.size(); size > most_points)
    throw core::InputError({file, 0, 0}, "", fmt::format("holds {} points: a report shows up to {}", size, most_points),
                           "give the sweep of a part of them again, with this store: nothing is computed twice");
  return store.all();
}

}  // namespace

Kept read_kept(const std::string& file) {
  if (is_sqlite(file)) return {.grid = grid_of(points_of(file), file)};
  std::string text = read_whole(file, "capplan report STORE, RESULT.json or REPORT.html", longest);
  std::string page;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '<') {
    auto json = embedded_json(text);
    if (!json) throw core::InputError({file, 0, 0}, "", "is a page, but no report of capplan's: it holds no data");
    page = embedded_options(text).value_or("");
    text = std::move(*json);
  }
  std::string schema = json_schema_of(text, file);
  return {.json = std::move(text), .schema = std::move(schema), .page = std::move(page)};
}

Result read_kept_result(const std::string& file) {
  Kept kept = read_kept(file);
  if (!kept.grid) return result_from_json(kept.json, file);
  if (auto* result = std::get_if<Result>(&*kept.grid)) return std::move(*result);
  throw core::InputError({file, 0, 0}, "", "holds no single result", "capplan run scenario.toml -o " + file);
}

}  // namespace capplan::plan
