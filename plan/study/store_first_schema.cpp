#include "plan/study/store_first_schema.h"

#include "plan/study/result_json.h"

namespace capplan::plan {

std::vector<StoredPoint> points_of_first_schema(SQLite::Database& connection, const std::string& path) {
  std::vector<StoredPoint> points;
  SQLite::Statement query(connection, "SELECT hash, result FROM point ORDER BY hash");
  while (query.executeStep())
    points.push_back({query.getColumn(0).getString(), result_from_json(query.getColumn(1).getString(), path)});
  return points;
}

}  // namespace capplan::plan
