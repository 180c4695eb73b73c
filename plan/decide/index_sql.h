#pragma once
// The SQL that makes a planned index, ready to paste: memory and workers of the build, the index, the setting of its
// searches. Source: pgvector 0.8.0 README. Limits: table, column and operator class are guesses from the index's name
// and type (distance <->, for bit <~>), to be replaced by the real ones.

#include "plan/decide/index_plan.h"

namespace capplan::plan {

/// One statement or comment a line. Of flat: nothing.
std::vector<std::string> index_sql(const models::IndexedQuery& query, const IndexPlan& plan);

}  // namespace capplan::plan
