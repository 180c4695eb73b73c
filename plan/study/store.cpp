#include "plan/study/store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "core/error.h"
#include "plan/study/result_json.h"

namespace capplan::plan {

namespace {

/// "capp": marks the file as a store of ours, in SQLite's application_id.
constexpr int application_id = 0x63617070;
constexpr int schema_version = 1;
/// A second process that writes the same store waits this long for its turn.
constexpr int busy_ms = 30'000;

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& hint) {
  throw core::InputError({path, 0, 0}, "", why, hint);
}

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

}  // namespace

struct Store::Database {
  std::string path;
  SQLite::Database connection;
};

Store::Store(const std::string& path) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(path, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    refuse(path, "cannot be opened as a store: it is no regular file", "name another file with --store");
  const bool is_new = !std::filesystem::exists(status) || std::filesystem::file_size(path, failure) == 0;
  try {
    database_ = std::make_unique<Database>(
        Database{path, SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms)});
    SQLite::Database& connection = database_->connection;
    if (is_new) {
      connection.exec("PRAGMA journal_mode = WAL");
      SQLite::Transaction transaction(connection);
      connection.exec("PRAGMA application_id = " + std::to_string(application_id));
      connection.exec("PRAGMA user_version = " + std::to_string(schema_version));
      connection.exec(
          "CREATE TABLE IF NOT EXISTS point (hash TEXT PRIMARY KEY, name TEXT NOT NULL, "
          "scenario_hash TEXT NOT NULL, seed INTEGER NOT NULL, engine_revision INTEGER NOT NULL, "
          "result TEXT NOT NULL) WITHOUT ROWID");
      transaction.commit();
    }
    if (pragma(connection, "application_id") != application_id)
      refuse(path, "is an SQLite file, but no store of capplan's", "name another file with --store");
    if (pragma(connection, "user_version") != schema_version)
      refuse(path,
             "has schema version " + std::to_string(pragma(connection, "user_version")) +
                 ", this program reads version " + std::to_string(schema_version),
             "name another file with --store");
    const SQLite::Statement readable(connection, "SELECT result FROM point WHERE hash = ?");
    connection.exec("PRAGMA synchronous = NORMAL");
  } catch (const SQLite::Exception& e) {
    refuse(path, std::string("cannot be opened as a store: ") + e.what(), "name another file with --store");
  }
}

Store::~Store() = default;

std::optional<Result> Store::find(const std::string& hash) const {
  SQLite::Statement query(database_->connection, "SELECT result FROM point WHERE hash = ?");
  query.bind(1, hash);
  if (!query.executeStep()) return std::nullopt;
  return result_from_json(query.getColumn(0).getString(), database_->path);
}

std::vector<StoredPoint> Store::all() const {
  std::vector<StoredPoint> points;
  SQLite::Statement query(database_->connection, "SELECT hash, result FROM point ORDER BY hash");
  while (query.executeStep())
    points.push_back(
        {query.getColumn(0).getString(), result_from_json(query.getColumn(1).getString(), database_->path)});
  return points;
}

void Store::save(const std::string& hash, const Result& result) {
  SQLite::Transaction transaction(database_->connection);
  SQLite::Statement insert(database_->connection, "INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(1, hash);
  insert.bind(2, result.name);
  insert.bind(3, result.scenario_hash);
  insert.bind(4, static_cast<std::int64_t>(result.seed));
  insert.bind(5, result.revision);
  insert.bind(6, to_json(result, -1));
  insert.exec();
  transaction.commit();
}

std::size_t Store::merge(const std::string& other) {
  if (!std::filesystem::exists(other)) refuse(other, "there is no such file", "capplan merge A.db B.db -o ALL.db");
  const Store checked(other);  // refuses what is no store
  SQLite::Statement attach(database_->connection, "ATTACH DATABASE ? AS other");
  attach.bind(1, other);
  attach.exec();
  const int copied = database_->connection.exec("INSERT OR IGNORE INTO main.point SELECT * FROM other.point");
  database_->connection.exec("DETACH DATABASE other");
  return static_cast<std::size_t>(copied);
}

std::size_t Store::size() const {
  SQLite::Statement count(database_->connection, "SELECT count(*) FROM point");
  count.executeStep();
  return static_cast<std::size_t>(count.getColumn(0).getInt64());
}

}  // namespace capplan::plan
