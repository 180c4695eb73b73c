#include "plan/study/store.h"

#include "plan/study/store_database.h"
#include "plan/study/store_first_schema.h"

namespace capplan::plan {

namespace {

std::vector<StoredPoint> points_in(StoreRows& rows, SQLite::Statement& query) {
  std::vector<StoredPoint> points;
  while (query.executeStep()) {
    const std::int64_t number = query.getColumn(0).getInt64();
    const std::vector<std::string> rules = rows.rules(number);
    StoredRow row = rows.read(number);
    points.push_back({point_hash(row.key, rules.empty() ? "" : rules.front()), std::move(row.result)});
  }
  return points;
}

}  // namespace

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::Store(const std::string& path) : Store(std::make_unique<Database>(open_store(path, StoreAccess::write))) {}
Store Store::to_read(const std::string& path) {
  return Store(std::make_unique<Database>(open_store(path, StoreAccess::read)));
}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

std::optional<Result> Store::find(const PointKey& key, const std::string& rule) const {
  return database_->run([&]() -> std::optional<Result> {
    const std::int64_t row = database_->rows.row_of(key, rule);
    if (row == 0) return std::nullopt;
    return database_->rows.read(row).result;
  });
}

std::optional<Result> Store::find(const PointKey& key, int replications) const {
  return database_->run([&]() -> std::optional<Result> {
    const std::int64_t row = database_->rows.row_of(key, replications);
    if (row == 0) return std::nullopt;
    return database_->rows.read(row).result;
  });
}

std::vector<StoredPoint> Store::all() const {
  return database_->run([&] {
    SQLite::Database& connection = database_->file.connection;
    if (database_->file.schema == first_store_schema) return points_of_first_schema(connection, database_->file.path);
    SQLite::Statement query(connection, "SELECT id FROM point ORDER BY scenario, seed, revision, draws, replications");
    return points_in(database_->rows, query);
  });
}

std::vector<StoredPoint> Store::at(const std::string& axis, const std::string& value) const {
  return database_->run([&] {
    SQLite::Statement query(database_->file.connection,
                            "SELECT point FROM axis_value WHERE axis = (SELECT id FROM word WHERE text = ?) AND "
                            "value = (SELECT id FROM word WHERE text = ?)");
    query.bind(1, axis);
    query.bind(2, value);
    return points_in(database_->rows, query);
  });
}

void Store::save(const PointKey& key, const std::string& rule, const Result& result, const AxisValues& axes) {
  database_->run([&] {
    SQLite::Transaction transaction(database_->file.connection, SQLite::TransactionBehavior::IMMEDIATE);
    database_->rows.write(key, rule, result, axes);
    transaction.commit();
  });
}

std::size_t Store::size() const {
  return database_->run([&] {
    return static_cast<std::size_t>(database_->file.connection.execAndGet("SELECT count(*) FROM point").getInt64());
  });
}

}  // namespace capplan::plan
