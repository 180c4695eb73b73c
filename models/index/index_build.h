#pragma once
// CREATE INDEX of either kind on a server of a scenario, in one shape: memory, workers, time. What is built stands in
// hnsw_build.h and ivfflat_build.h. Limits: all of the server's cores are free for it.

#include "models/index/indexed_query.h"

namespace capplan::models {

struct IndexBuild {
  std::string error;   ///< PostgreSQL's refusal; times are not known then
  std::string notice;  ///< PostgreSQL's NOTICE
  int workers = 0;     ///< besides the leader
  core::Estimate total_s;
  core::Estimate memory_bytes;  ///< maintenance_work_mem that holds the graph, or the samples of k-means
  core::Estimate wal_bytes;
  bool fits = true;           ///< into maintenance_work_mem
  double rows_in_memory = 0;  ///< HNSW: rows built before the graph is full; all of them where it fits
  core::Estimate memory_phase_s, disk_phase_s;  ///< HNSW: of those rows, and of the others
};

/// The build of an index at its rows. With another `maintenance_work_mem` (bytes, above 0) than the server's where it
/// is given.
IndexBuild index_build(const IndexSettings& index, const SearchHost& host, double maintenance_work_mem = 0);

}  // namespace capplan::models
