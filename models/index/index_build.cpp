#include "models/index/index_build.h"

#include "models/index/hnsw_build.h"
#include "models/index/ivfflat_build.h"

namespace capplan::models {

IndexBuild index_build(const IndexSettings& index, const SearchHost& host, double maintenance_work_mem) {
  BuildWorkers workers;
  workers.heap_pages = index.sized_now().heap.pages;
  workers.maintenance_work_mem = maintenance_work_mem > 0 ? maintenance_work_mem : host.maintenance_work_mem;
  workers.max_parallel_maintenance_workers = host.max_parallel_maintenance_workers;
  IndexBuild answer;
  if (index.kind == IndexKind::hnsw) {
    const HnswShape shape{index.rows, index.column, index.m};
    const HnswBuild build = hnsw_build({shape, index.ef_construction, workers, host.cores}, index.costs->hnsw_build);
    answer = {build.error, build.notice, build.workers, build.total_s, build.memory.needed_bytes, build.wal_bytes};
    answer.fits = build.memory.fits;
    answer.rows_in_memory = build.memory.fits ? index.rows : build.memory.rows_in_memory;
    answer.memory_phase_s = build.memory_phase_s;
    answer.disk_phase_s = build.disk_phase_s;
  } else if (index.kind == IndexKind::ivfflat) {
    const IvfflatBuild build =
        ivfflat_build({{index.rows, index.column, index.lists}, workers, host.cores}, index.costs->ivfflat_build);
    const double bytes = build.kmeans.bytes;
    answer = {build.error, build.notice, build.workers, build.total_s, {bytes, bytes, bytes, true}, build.wal_bytes};
    answer.fits = build.kmeans.fits;
  }
  return answer;
}

}  // namespace capplan::models
