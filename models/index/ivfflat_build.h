#pragma once
// How long CREATE INDEX takes for IVFFlat: k-means over a sample, the nearest centre of every row, a sort by list, and
// writing. Source: pgvector 0.8.0 src/ivfbuild.c, ivfkmeans.c for what is done; times fitted to the builds of
// data/captures/index_cost.csv (plan/fit/build_fit.h).
// Limits: times of that host (one core, all in shared_buffers) unless fitted anew; k-means converges, after how many
// rounds depends on the data; the sort stays within maintenance_work_mem; reading a table from disk is not in the law.

#include <string>

#include "core/estimate.h"
#include "models/index/build_workers.h"
#include "models/index/ivfflat_layout.h"

namespace capplan::models {

/// Seconds: sample_s for each sampled row and dimension (sampling, rounds of k-means), distance_s for each distance
/// between a row or a sample and a centre, times 1 + dimensions / 1500, row_s for each row and dimension (reading,
/// sorting, writing). `lo` and `hi` are factors on the whole. The defaults come from 15 builds; their leave-one-out
/// error is 10 % (20 % at most). Published builds of other machines lie within a factor of 2, hence lo and hi.
struct IvfflatBuildLaw {
  double sample_s = 8.1553e-8;
  double distance_s = 4.0178e-8;
  double row_s = 1.7374e-8;
  double lo = 0.5;
  double hi = 2;
};

/// What the three costs of the law are charged for: sample_s for dimensions of samples, distance_s for the distances of
/// k-means and of all rows, both weighed by their length, row_s for dimensions of rows.
struct IvfflatBuildWork {
  double sampled = 0, kmeans_distances = 0, row_distances = 0, stored = 0;
};
IvfflatBuildWork ivfflat_build_work(const IvfflatShape& shape);

/// A build to be planned.
struct IvfflatBuildPlan {
  IvfflatShape shape;
  BuildWorkers workers;  ///< with maintenance_work_mem
  int cores = 1;         ///< that the build may use, 1 or more
};

struct IvfflatBuild {
  std::string error;   ///< PostgreSQL's refusal, of the column or of k-means' memory; no times are filled in then
  std::string notice;  ///< its NOTICE of little data
  int workers = 0;     ///< besides the leader; they assign rows to lists and sort
  IvfflatKmeans kmeans;
  core::Estimate kmeans_s;
  core::Estimate assign_s;
  core::Estimate load_s;
  core::Estimate total_s;
  core::Estimate wal_bytes;  ///< every page is logged whole, as it is written
};

/// Everything about one build. Throws std::invalid_argument for what PostgreSQL could not be asked.
IvfflatBuild ivfflat_build(const IvfflatBuildPlan& plan, const IvfflatBuildLaw& law = {});

}  // namespace capplan::models
