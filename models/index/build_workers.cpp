// Parallel workers of index builds; sources and limits in build_workers.h.

#include "models/index/build_workers.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/index/planner_cost.h"

namespace capplan::models {

int planned_build_workers(const BuildWorkers& build) {
  const int most = build.max_parallel_maintenance_workers;
  if (most < 0) throw std::invalid_argument("max_parallel_maintenance_workers: must be 0 or more");
  if (build.parallel_workers < -1) throw std::invalid_argument("parallel_workers: must be 0 or more, or -1");
  if (most == 0) return 0;
  if (build.parallel_workers >= 0) return std::min(build.parallel_workers, most);
  int workers = parallel_workers(build.heap_pages, build.min_parallel_table_scan_size, most);
  constexpr double kilobyte = 1024, least_memory = 32768;  // kB for each process
  const double memory = std::floor(build.maintenance_work_mem / kilobyte);
  while (workers > 0 && std::floor(memory / (workers + 1)) < least_memory) --workers;
  return workers;
}

int hnsw_build_workers(const BuildWorkers& build) {
  const int planned = planned_build_workers(build);
  if (planned == 0 || build.parallel_workers >= 0) return planned;
  return build.max_parallel_maintenance_workers;
}

core::Estimate build_speedup(int participants) {
  if (participants < 1) throw std::invalid_argument("participants: must be 1 or more");
  const double p = participants;
  const double value = p / (1 + 0.135 * (p - 1) + 0.002 * p * (p - 1));
  return {value, std::max(1.0, 0.85 * value), std::max(value, p / (1 + 0.05 * (p - 1))), true};
}

}  // namespace capplan::models
