// Points of another store taken over as they are, row by row: what is numbered there (words, shared texts, points) gets
// the numbers of here, by joins over what the numbers stand for. Nothing is unpacked, so that a hundred shards take as
// long as copying them does.

#include <sqlite3.h>

#include "plan/study/store_database.h"

namespace capplan::plan {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& hint) {
  throw core::InputError({path, 0, 0}, "", why, hint);
}

/// Throws unless the file's points can stand beside those of a store with this fingerprint.
void check_mergeable(const StoreFile& other, const std::string& fingerprint) {
  if (other.schema != store_schema)
    refuse(other.path, "is a store of an earlier version, whose points are read and no longer put together",
           "capplan report " + other.path + " shows what it holds");
  if (other.fingerprint != fingerprint)
    refuse(other.path,
           "was written on a machine with another C library or processor (fingerprint " + other.fingerprint +
               ", here " + fingerprint +
               "): exp and log differ in their last bits, so points of both are not comparable bit for bit",
           "compute this part again on a machine like the others");
}

constexpr const char* take_over = R"(
INSERT OR IGNORE INTO main.word (text) SELECT text FROM other.word;
INSERT OR IGNORE INTO main.shared (digest, bytes) SELECT digest, bytes FROM other.shared;
CREATE TEMP TABLE word_here AS SELECT o.id AS there, m.id AS here FROM other.word o JOIN main.word m USING (text);
CREATE UNIQUE INDEX temp.word_there ON word_here (there);
CREATE TEMP TABLE shared_here AS
  SELECT o.id AS there, m.id AS here FROM other.shared o JOIN main.shared m USING (digest);
CREATE UNIQUE INDEX temp.shared_there ON shared_here (there);
CREATE TEMP TABLE last AS SELECT coalesce(max(id), 0) AS id FROM main.point;
INSERT OR IGNORE INTO main.point
  SELECT NULL, scenario, seed, revision, w.here, replications, b.here, f.here, figures, texts, seal
  FROM other.point o JOIN word_here w ON w.there = o.draws
  JOIN shared_here b ON b.there = o.base JOIN shared_here f ON f.there = o.figure_set ORDER BY o.id;
CREATE TEMP TABLE point_here AS
  SELECT o.id AS there, m.id AS here FROM other.point o JOIN word_here w ON w.there = o.draws
  JOIN main.point m ON m.scenario = o.scenario AND m.seed = o.seed AND m.revision = o.revision AND m.draws = w.here
    AND m.replications = o.replications WHERE m.id > (SELECT id FROM last);
CREATE UNIQUE INDEX temp.point_there ON point_here (there);
INSERT INTO main.answered SELECT p.here, w.here
  FROM other.answered a JOIN point_here p ON p.there = a.point JOIN word_here w ON w.there = a.rule;
INSERT INTO main.axis_value SELECT a.here, v.here, p.here FROM other.axis_value o
  JOIN point_here p ON p.there = o.point JOIN word_here a ON a.there = o.axis JOIN word_here v ON v.there = o.value;
INSERT INTO main.profile SELECT p.here, bytes FROM other.profile o JOIN point_here p ON p.there = o.point;
)";

constexpr const char* clear_up =
    "DROP TABLE word_here; DROP TABLE shared_here; DROP TABLE last; DROP TABLE point_here;";

}  // namespace

std::size_t Store::merge(const std::string& other) {
  const StoreFile checked = open_store(other, StoreAccess::read);
  check_mergeable(checked, database_->file.fingerprint);
  SQLite::Database& connection = database_->file.connection;
  try {
    SQLite::Statement attach(connection, "ATTACH DATABASE ? AS other");
    attach.bind(1, checked.uri);
    attach.exec();
  } catch (const SQLite::Exception& failure) {
    explain(failure, other);
  }
  std::size_t copied = 0;
  try {
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    connection.exec(take_over);
    copied = static_cast<std::size_t>(connection.execAndGet("SELECT count(*) FROM point_here").getInt64());
    connection.exec(clear_up);
    transaction.commit();
  } catch (const SQLite::Exception& failure) {
    connection.tryExec("DETACH DATABASE other");
    explain(failure, failure.getErrorCode() == SQLITE_CORRUPT ? other : database_->file.path);
  }
  connection.tryExec("DETACH DATABASE other");
  return copied;
}

}  // namespace capplan::plan
