// The time of an HNSW build; sources and limits in hnsw_build.h.

#include "models/index/hnsw_build.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "models/index/planner_cost.h"

namespace capplan::models {
namespace {

// All distances over those of pgvector's estimate, counted in builds of 10,000 and 25,000 vectors: 1.1 to 1.9 where
// they are clustered, 2.7 to 3.8 where they fill their space evenly. About half of them are selections of neighbours.
constexpr core::Estimate distances_over_evaluations = {1.5, 1.1, 3.8, true};

// A row inserted on disk over one built in memory: 3.8 was seen with the whole index in shared_buffers, reports tell of
// 10 to 50, whose geometric mean this is.
constexpr core::Estimate disk_factor = {22, 4, 50, true};

/// What one dimension of the law stands for: a float.
double dimensions(const VectorColumn& column) { return (value_bytes(column) - 8) / 4.0; }

double row_seconds(const HnswShape& shape, int ef_construction, const HnswBuildLaw& law) {
  const std::array<double, 2> row = hnsw_row_terms(shape, ef_construction);
  return law.neighbor_s * row[0] + law.dimension_s * row[1];
}

}  // namespace

double hnsw_build_evaluations(double rows, int m, int ef_construction) {
  const double typical = rows / std::numbers::e;
  return typical > 1 ? typical * hnsw_visited_ratio(typical, m, ef_construction) : 0;
}

std::array<double, 2> hnsw_row_terms(const HnswShape& shape, int ef_construction) {
  return {static_cast<double>(ef_construction) * shape.m,
          dimensions(shape.column) * hnsw_build_evaluations(shape.rows, shape.m, ef_construction)};
}

HnswBuild hnsw_build(const HnswBuildPlan& plan, const HnswBuildLaw& law) {
  if (plan.cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  if (plan.ef_construction < 4 || plan.ef_construction > 1000)
    throw std::invalid_argument("ef_construction: must be 4 to 1000");
  HnswBuild build;
  build.error = index_refusal(IndexMethod::hnsw, plan.shape.column);
  if (build.error.empty() && plan.ef_construction < 2 * plan.shape.m)
    build.error = "ef_construction must be greater than or equal to 2 * m";
  if (!build.error.empty()) return build;

  build.workers = hnsw_build_workers(plan.workers);
  build.memory = hnsw_build_memory(plan.shape, plan.workers.maintenance_work_mem, build.workers, plan.server_version);
  build.speedup = build_speedup(std::min(build.workers + 1, plan.cores));
  HnswShape in_memory = plan.shape;
  in_memory.rows = std::min(plan.shape.rows, build.memory.rows_in_memory);
  build.disk_rows = plan.shape.rows - in_memory.rows;
  if (build.disk_rows > 0)
    build.notice = fmt::format("hnsw graph no longer fits into maintenance_work_mem after {:.0f} tuples",
                               build.memory.rows_in_memory);

  const double evaluations = hnsw_build_evaluations(plan.shape.rows, plan.shape.m, plan.ef_construction);
  const core::Estimate over = distances_over_evaluations;
  build.distances_per_row = {evaluations * over.value, evaluations * over.lo, evaluations * over.hi, true};

  const double memory_s = in_memory.rows * row_seconds(in_memory, plan.ef_construction, law);
  build.memory_phase_s = {memory_s / build.speedup.value, memory_s * law.lo / build.speedup.hi,
                          memory_s * law.hi / build.speedup.lo, true};
  const double as_in_memory_s = build.disk_rows * row_seconds(plan.shape, plan.ef_construction, law);
  build.disk_phase_s = {as_in_memory_s * disk_factor.value / build.speedup.value,
                        as_in_memory_s * disk_factor.lo * law.lo / build.speedup.hi,
                        as_in_memory_s * disk_factor.hi * law.hi / build.speedup.lo, true};
  build.total_s = {build.memory_phase_s.value + build.disk_phase_s.value,
                   build.memory_phase_s.lo + build.disk_phase_s.lo, build.memory_phase_s.hi + build.disk_phase_s.hi,
                   true};
  build.wal_bytes = hnsw_layout(plan.shape).bytes;
  return build;
}

}  // namespace capplan::models
