#include "plan/study/store_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

#include "core/error.h"
#include "core/fingerprint.h"

namespace capplan::plan {

namespace {

namespace fs = std::filesystem;

/// "capp": marks the file as a store of ours, in SQLite's application_id.
constexpr int application_id = 0x63617070;
/// Another process that writes the same store is waited for as long.
constexpr int busy_ms = 30'000;

constexpr const char* tables = R"(
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE shared (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE point (id INTEGER PRIMARY KEY, scenario BLOB NOT NULL, seed INTEGER NOT NULL, revision INTEGER NOT NULL,
  draws INTEGER NOT NULL, replications INTEGER NOT NULL, base INTEGER NOT NULL, figure_set INTEGER NOT NULL,
  figures BLOB NOT NULL, texts BLOB NOT NULL, seal INTEGER NOT NULL, UNIQUE (scenario, seed, revision, draws, replications));
CREATE TABLE answered (point INTEGER NOT NULL, rule INTEGER NOT NULL, PRIMARY KEY (point, rule)) WITHOUT ROWID;
CREATE TABLE axis_value (axis INTEGER NOT NULL, value INTEGER NOT NULL, point INTEGER NOT NULL,
  PRIMARY KEY (axis, value, point)) WITHOUT ROWID;
CREATE TABLE profile (point INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
)";

[[noreturn]] void refuse(const std::string& path, const std::string& why,
                         const std::string& hint = "name another file with --store") {
  throw core::InputError({path, 0, 0}, "", why, hint);
}

int pragma(SQLite::Database& connection, const char* name) {
  return connection.execAndGet(std::string("PRAGMA ") + name).getInt();
}

bool holds_nothing(SQLite::Database& connection) {
  return pragma(connection, "application_id") == 0 && pragma(connection, "user_version") == 0 &&
         connection.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
}

/// Whoever comes first makes the store; who waited meanwhile finds it made.
void give_birth(SQLite::Database& connection) {
  if (!holds_nothing(connection)) return;
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  if (!holds_nothing(connection)) return;
  connection.exec(tables);
  SQLite::Statement about(connection, "INSERT INTO about VALUES ('fingerprint', ?)");
  about.bind(1, core::math_fingerprint());
  about.exec();
  connection.exec(fmt::format("PRAGMA user_version = {}", store_schema));
  connection.exec(fmt::format("PRAGMA application_id = {}", application_id));
  transaction.commit();
}

/// Readers and a writer then do not wait for each other. While others have it open it may stay as it is, which is
/// slower and no less safe; the next one to open it tries again.
void write_ahead(SQLite::Database& connection) {
  try {
    connection.exec("PRAGMA journal_mode = WAL");
  } catch (const SQLite::Exception& failure) {
    if (failure.getErrorCode() != SQLITE_BUSY) throw;
  }
  connection.exec("PRAGMA synchronous = NORMAL");
}

std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : fs::absolute(path).string())
    if (c == '?' || c == '#' || c == '%')
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    else
      uri += c;
  return uri;
}

/// A write-ahead log needs a file beside it even to be read; where there can be none, and no writer left its log, the
/// file is read as it is.
StoreFile open_to_read(const std::string& path) {
  const std::string uri = uri_of(path);
  try {
    StoreFile store{path, uri, SQLite::Database(uri, SQLite::OPEN_READWRITE | SQLite::OPEN_URI, busy_ms)};
    store.connection.exec("PRAGMA query_only = ON");
    store.connection.execAndGet("SELECT count(*) FROM sqlite_master");
    return store;
  } catch (const SQLite::Exception& failure) {
    const int code = failure.getErrorCode();
    if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) throw;
  }
  const std::string as_it_is = uri + "?immutable=1";
  return {path, as_it_is, SQLite::Database(as_it_is, SQLite::OPEN_READONLY | SQLite::OPEN_URI, busy_ms)};
}

/// Creates the file where there is none, and the store in it where there is nothing yet.
StoreFile open_to_write(const std::string& path) {
  const std::string uri = uri_of(path);
  StoreFile store{path, uri,
                  SQLite::Database(uri, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_URI, busy_ms)};
  give_birth(store.connection);
  return store;
}

/// Where only the rest of a store can be read, that is worth reading.
std::string fingerprint_of(SQLite::Database& connection, StoreAccess access) {
  try {
    return connection.execAndGet("SELECT value FROM about WHERE name = 'fingerprint'").getString();
  } catch (const SQLite::Exception&) {
    if (access == StoreAccess::write) throw;
    return {};
  }
}

void judge(StoreFile& store, StoreAccess access) {
  const std::string& path = store.path;
  if (pragma(store.connection, "application_id") != application_id) {
    if (access == StoreAccess::read && holds_nothing(store.connection))
      refuse(path, "is empty: there is no store in it", "capplan sweep SCENARIO --store " + path + " fills it");
    refuse(path, "is an SQLite file, but no store of capplan's");
  }
  store.schema = pragma(store.connection, "user_version");
  if (store.schema == first_store_schema) {
    if (access == StoreAccess::read) return;
    refuse(path, "is a store of an earlier version, whose points are read and no longer added to",
           fmt::format("name another file with --store; capplan report {} shows what this one holds", path));
  }
  if (store.schema != store_schema)
    refuse(path, fmt::format("has schema version {}, this program reads versions {} and {}", store.schema,
                             first_store_schema, store_schema));
  store.fingerprint = fingerprint_of(store.connection, access);
  const std::string here = core::math_fingerprint();
  if (access == StoreAccess::write && store.fingerprint != here)
    refuse(
        path,
        fmt::format("was written on a machine with another C library or processor (fingerprint {}, here {}): exp and "
                    "log differ in their last bits, so points of both would not be comparable bit for bit",
                    store.fingerprint, here),
        "go on where it was begun, or name another file with --store");
}

/// For what is no fault of the input.
[[noreturn]] void stop(const std::string& path, const std::string& what, const std::string& remedy) {
  throw std::runtime_error(
      fmt::format("{}: {}. Every point saved before is kept; the same command goes on: {}", path, what, remedy));
}

std::string failure_text(const SQLite::Exception& failure) {
  return fmt::format("{} (SQLite {})", failure.what(), failure.getExtendedErrorCode());
}

}  // namespace

StoreFile open_store(const std::string& path, StoreAccess access) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (fs::exists(status) && !fs::is_regular_file(status))
    refuse(path, fmt::format("cannot be opened as a store: it is {}",
                             fs::is_directory(status) ? "a folder" : "no regular file"));
  const bool reads = access == StoreAccess::read;
  if (reads && !fs::exists(status)) refuse(path, "there is no such file", "");
  if (reads && fs::file_size(path, failure) == 0)
    refuse(path, "is empty: there is no store in it", "capplan sweep SCENARIO --store " + path + " fills it");
  try {
    StoreFile store = reads ? open_to_read(path) : open_to_write(path);
    judge(store, access);
    if (!reads) write_ahead(store.connection);
    return store;
  } catch (const SQLite::Exception& failed) {
    explain(failed, path);
  }
}

std::string recovery_hint(const std::string& path) {
  return fmt::format(
      "capplan store recover {} -o NEW.db copies what can be read; the same sweep with --store NEW.db "
      "computes the rest",
      path);
}

void explain(const SQLite::Exception& failure, const std::string& path) {
  switch (failure.getErrorCode()) {
    case SQLITE_NOTADB:
      refuse(path, "is no store: it is no SQLite file, or its beginning is damaged",
             "name another file; what has lost its beginning cannot be read: delete it, and sweep again");
    case SQLITE_CORRUPT:
      refuse(path, "is damaged: " + failure_text(failure), recovery_hint(path));
    case SQLITE_FULL:
      stop(path, "the disk is full", "free some space");
    case SQLITE_IOERR:
      stop(path, "the disk fails, or is full: " + failure_text(failure), "once it can be written");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      stop(path, fmt::format("another process has been writing it for {} s", busy_ms / 1000), "later");
    case SQLITE_NOMEM:
      stop(path, "there is no memory left", "with fewer threads (-j), or where there is more memory");
    default:
      refuse(path, "cannot be opened as a store: " + failure_text(failure));
  }
}

}  // namespace capplan::plan
