// What can be read of a damaged store, into a new one. Each point is looked up by its number, on its own, so that a
// damaged page costs the points on it alone; its checksums say whether it is whole. Limits: schema 2; a file whose
// first page is gone is no SQLite file any more.

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/fingerprint.h"
#include "plan/study/store_database.h"

namespace capplan::plan {

namespace {

/// Bytes of a point at the least: bounds the numbers to be looked up where the greatest cannot be read.
constexpr std::uintmax_t smallest_point = 64;

using AxesByPoint = std::map<std::int64_t, AxisValues>;

/// As far as they can be read.
AxesByPoint axes_of(SQLite::Database& connection) {
  AxesByPoint axes;
  try {
    SQLite::Statement query(connection,
                            "SELECT point, a.text, v.text FROM axis_value JOIN word a ON a.id = axis "
                            "JOIN word v ON v.id = value");
    while (query.executeStep())
      axes[query.getColumn(0).getInt64()].emplace_back(query.getColumn(1).getString(), query.getColumn(2).getString());
  } catch (const SQLite::Exception&) {  // the rest is damaged: points are found by their keys all the same
  }
  return axes;
}

std::int64_t greatest_number(StoreFile& file) {
  try {
    return file.connection.execAndGet("SELECT max(id) FROM point").getInt64();
  } catch (const SQLite::Exception&) {
    return static_cast<std::int64_t>(std::filesystem::file_size(file.path) / smallest_point);
  }
}

enum class Found { nothing, damaged, whole };

/// Where they are damaged, a point is what its number of replications gives, unless its rule shows in a warning (W03):
/// that one is there all the same, and no question finds it.
std::vector<std::string> rules_of(const StoreRows& rows, std::int64_t number, const Result& result) {
  try {
    std::vector<std::string> rules = rows.rules(number);
    if (!rules.empty()) return rules;
  } catch (const SQLite::Exception&) {  // their page is damaged
  }
  const bool shows = std::any_of(result.warnings.begin(), result.warnings.end(),
                                 [](const Warning& warning) { return warning.code == "W03"; });
  return {shows ? "" : rule_text(result.replications)};
}

Found look_up(StoreRows& rows, std::int64_t number, StoredRow& row) {
  try {
    if (!rows.holds(number)) return Found::nothing;
    row = rows.read(number);
    return Found::whole;
  } catch (const SQLite::Exception&) {
  } catch (const std::invalid_argument&) {
  } catch (const core::InputError&) {}
  return Found::damaged;
}

/// Copies every whole point; returns how many.
Recovered copy(StoreFile& from, Store& to) {
  StoreRows rows(from.connection);
  AxesByPoint axes = axes_of(from.connection);
  Recovered recovered;
  for (std::int64_t number = 1, last = greatest_number(from); number <= last; ++number) {
    StoredRow row;
    const Found found = look_up(rows, number, row);
    if (found == Found::damaged) ++recovered.lost;
    if (found != Found::whole) continue;
    for (const std::string& rule : rules_of(rows, number, row.result)) to.save(row.key, rule, row.result, axes[number]);
    ++recovered.points;
  }
  return recovered;
}

[[noreturn]] void refuse(const std::string& file, const std::string& why, const std::string& hint) {
  throw core::InputError({file, 0, 0}, "", why, hint);
}

constexpr const char* begin_again = "delete it, and sweep again";

/// Where that cannot be done at all, there is no point in being told to recover.
StoreFile open_damaged(const std::string& path) {
  try {
    return open_store(path, StoreAccess::read);
  } catch (const core::InputError& error) {
    refuse(path, error.problems().front().what, begin_again);
  }
}

}  // namespace

Recovered recover(const std::string& damaged, const std::string& fresh) {
  std::error_code failure;
  if (std::filesystem::exists(fresh, failure)) refuse(fresh, "is there already", "name a new file with -o");
  StoreFile from = open_damaged(damaged);
  if (from.schema != store_schema)
    refuse(damaged, "is a store of an earlier version: its points cannot be copied to one of this version",
           "capplan report " + damaged + " shows what can be read");
  // A store that does not say where it was written any more is taken for one of this machine.
  if (!from.fingerprint.empty() && from.fingerprint != core::math_fingerprint())
    refuse(damaged, "was written on a machine with another C library or processor",
           "give the same command there: points of both are not comparable bit for bit");
  Recovered recovered;
  {
    Store to(fresh);
    recovered = copy(from, to);
  }
  if (recovered.points > 0) return recovered;
  std::filesystem::remove(fresh, failure);
  refuse(damaged, "holds no point that can be read whole", begin_again);
}

}  // namespace capplan::plan
