#pragma once
// How many parallel workers CREATE INDEX gets, and what they gain. Source: PostgreSQL 15 optimizer/plan/planner.c
// (plan_create_index_workers); pgvector 0.8.0 src/hnswbuild.c (ComputeParallelWorkers), src/ivfbuild.c; speed-ups as
// published (pgvector #409, #500). Limits: permanent tables, parallel-safe expressions; max_parallel_workers and
// max_worker_processes leave room for all.

#include "core/estimate.h"

namespace capplan::models {

/// What the planner is asked about a build.
struct BuildWorkers {
  double heap_pages = 0;                             ///< of the table, without TOAST
  double maintenance_work_mem = 64.0 * 1024 * 1024;  ///< bytes
  int max_parallel_maintenance_workers = 2;
  int parallel_workers = -1;                   ///< the table's storage parameter; -1 is not set
  double min_parallel_table_scan_size = 1024;  ///< pages
};

/// Workers planned besides the leader: none below 8 MB of heap, one more for each threefold, no more than leave each
/// process 32 MB of maintenance_work_mem. The table's parameter overrules all but max_parallel_maintenance_workers.
int planned_build_workers(const BuildWorkers& build);

/// Workers of an HNSW build: all of max_parallel_maintenance_workers as soon as the planner allows one.
int hnsw_build_workers(const BuildWorkers& build);

/// How many times faster `participants` (workers and leader, no more than cores; 1 or more) build than one process:
/// p / (1 + 0.135 (p - 1) + 0.002 p (p - 1)), fitted to 1.68, 2.89 and 3.72 with 2, 4 and 8 processes (#409) and to
/// gains of 1.98 and 1.93 from 3 to 11 and 21 processes (#500), all within 8 %. `hi` is a contention of 5 % alone, as
/// later versions are reported to have.
core::Estimate build_speedup(int participants);

}  // namespace capplan::models
