#pragma once
// How long CREATE INDEX takes for HNSW: rows whose graph fits into maintenance_work_mem are built in memory, the rest
// is inserted on disk, row by row. Source: pgvector 0.8.0 src/hnswbuild.c, hnswutils.c, hnswinsert.c for what is done;
// times fitted to the builds of data/captures/index_cost.csv (plan/fit/build_fit.h).
// Limits: times of that host (one core, all in shared_buffers, clustered vectors) unless fitted anew; evenly spread
// vectors take up to 2.5 times as many distances. Reading a table that is not in memory is not in the law.

#include <array>
#include <string>

#include "core/estimate.h"
#include "models/index/build_workers.h"
#include "models/index/hnsw_layout.h"

namespace capplan::models {

/// Seconds for one row built in memory: neighbor_s x ef_construction x m (neighbours looked up and selected) +
/// dimension_s x dimensions x evaluations, both above 0. `lo` and `hi` are factors on the whole. The defaults come from
/// 15 builds; their leave-one-out error is 8 % (17 % at most). Published builds of other machines and data lie within a
/// factor of 2, hence lo and hi.
struct HnswBuildLaw {
  double neighbor_s = 1.1816e-7;
  double dimension_s = 3.2834e-10;
  double lo = 0.5;
  double hi = 2;
};

/// Elements whose distance a build's searches evaluate for a row, in the mean over the growing index: pgvector's own
/// estimate (hnsw_visited_ratio) at ef_construction and rows / e, since the mean of ln n up to N is ln N - 1.
double hnsw_build_evaluations(double rows, int m, int ef_construction);

/// What the two costs of the law, neighbor_s and dimension_s, are charged for, for one row.
std::array<double, 2> hnsw_row_terms(const HnswShape& shape, int ef_construction);

/// A build to be planned.
struct HnswBuildPlan {
  HnswShape shape;
  int ef_construction = 64;
  BuildWorkers workers;     ///< with maintenance_work_mem
  int cores = 1;            ///< that the build may use, 1 or more
  int server_version = 15;  ///< major version
};

struct HnswBuild {
  std::string error;   ///< PostgreSQL's refusal; nothing else is filled in then
  std::string notice;  ///< its NOTICE, where rows no longer fit into maintenance_work_mem
  int workers = 0;     ///< besides the leader
  HnswBuildMemory memory;
  double disk_rows = 0;              ///< rows inserted on disk
  core::Estimate distances_per_row;  ///< all of them: searches, selection and re-selection of neighbours
  core::Estimate speedup;            ///< of the workers, at most one process a core
  core::Estimate memory_phase_s;
  core::Estimate disk_phase_s;  ///< each row 22 times as long as in memory, 4 (all cached) to 50 (reports: 10 to 50)
  core::Estimate total_s;
  core::Estimate wal_bytes;  ///< every page is logged once at the end, and nothing before
};

/// Everything about one build. Throws std::invalid_argument for what PostgreSQL could not be asked.
HnswBuild hnsw_build(const HnswBuildPlan& plan, const HnswBuildLaw& law = {});

}  // namespace capplan::models
