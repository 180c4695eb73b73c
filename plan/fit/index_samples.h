#pragma once
// Samples of vector searches from a CSV file, as data/index_samples/measure.py writes it: one line a (table, index,
// search parameter). Columns, by name and in any order; others are left out:
//   rows, dimensions, index      hnsw, ivfflat, or flat for a table without an index
//   m, ef_construction           of hnsw
//   lists                        of ivfflat
//   search_param                 hnsw.ef_search or ivfflat.probes
//   limit                        LIMIT of the query; 10 where it is not there
//   type, non_zeros              vector (else), halfvec, bit, sparsevec and the mean number of its non-zero values
//   other_bytes                  of the row's other columns; 4
//   memory_bytes                 of the server, where the index may be larger than it; a quarter is shared_buffers
//   latency_us_p50, latency_us_p95, pages_mean, recall_at_10 (or another number), build_s, index_bytes, queries
// Limits: a measured value may be missing (an empty cell), but not all of a line's; latencies are of one client on a
// warm cache, with all pages in shared_buffers unless the memory is told.

#include <string>
#include <vector>

#include "plan/fit/law_fit.h"

namespace capplan::plan {

/// One file of samples.
struct IndexSampleFile {
  std::string name;    ///< as given
  std::string sha256;  ///< of its bytes
  std::vector<IndexSample> samples;
};

/// Reads a file, plain or gzip. Throws core::InputError with what is wrong, each at its line and column.
IndexSampleFile read_index_samples(const std::string& path);

/// The samples of several files.
std::vector<IndexSample> all_samples(const std::vector<IndexSampleFile>& files);

/// The settings of a CSV with the columns name, setting and unit, as `psql --csv -c 'SELECT name, setting, unit FROM
/// pg_settings'` writes it: those that the choice of plans reads, the others as they are by default.
models::PlannerSettings read_planner_settings(const std::string& path);

/// What plans are chosen by where no settings are given: PostgreSQL's defaults without parallel workers.
inline constexpr models::PlannerSettings sample_settings{.max_parallel_workers_per_gather = 0};

}  // namespace capplan::plan
