#pragma once
// What a result says of vector indexes: figures by index, by query that searches one, and by request; and what to be
// careful about. All of it follows from the scenario and the law, not from the simulation, so intervals are the law's.

#include <optional>

#include "models/index/indexed_query.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// Adds to `result.figures`, each beside those of the same thing:
///   requests / NAME / recall           the least of the searches among its steps; of "all" the least of all requests
///   queries / NAME / recall, pages, search_s, rows_returned
///   indexes / NAME / rows, size_bytes, recall (the least), pages and search_s (the most), index_scan_ratio (share of
///   the
///     queries that the planner lets use it), buffer_hit_ratio, system_cache_ratio, disk_ratio, build_s,
///     build_memory_bytes
///   servers / NAME / buffer_hit_ratio  of the pages that searches ask for, no others
/// and W20 to W26 to `result.warnings` (docs/warnings.md).
void add_index_figures(const Scenario& scenario, Result& result);

/// The first server of a scenario, or the one that queries of this index lead to; nothing where there is no server.
std::optional<models::SearchHost> host_of(const Scenario& scenario, const std::string& index_path);

}  // namespace capplan::plan
