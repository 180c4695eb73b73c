#pragma once
// The points of a store of schema 1, as engine 3 and those before it wrote them: one JSON text a point. Read, never
// written.

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "plan/study/store.h"

namespace capplan::plan {

/// Every point, in the order of their hashes. Throws core::InputError naming the file for a damaged one.
std::vector<StoredPoint> points_of_first_schema(SQLite::Database& connection, const std::string& path);

}  // namespace capplan::plan
