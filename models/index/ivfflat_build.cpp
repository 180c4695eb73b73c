// The time of an IVFFlat build; sources and limits in ivfflat_build.h.

#include "models/index/ivfflat_build.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace capplan::models {
namespace {

core::Estimate times(double seconds, const IvfflatBuildLaw& law, const core::Estimate& speedup) {
  return {seconds / speedup.value, seconds * law.lo / speedup.hi, seconds * law.hi / speedup.lo, true};
}

}  // namespace

IvfflatBuildWork ivfflat_build_work(const IvfflatShape& shape) {
  const double dimensions = (value_bytes(shape.column) - 8) / 4.0;  // of a float each
  // Samples do not depend on the memory that is asked about.
  const double samples = ivfflat_kmeans(shape, 1).samples;
  const double weight = 1 + dimensions / 1500;
  return {samples * dimensions, samples * shape.lists * weight, shape.rows * shape.lists * weight,
          shape.rows * dimensions};
}

IvfflatBuild ivfflat_build(const IvfflatBuildPlan& plan, const IvfflatBuildLaw& law) {
  if (plan.cores < 1) throw std::invalid_argument("cores: must be 1 or more");
  IvfflatBuild build;
  build.error = index_refusal(IndexMethod::ivfflat, plan.shape.column);
  if (!build.error.empty()) return build;
  build.kmeans = ivfflat_kmeans(plan.shape, plan.workers.maintenance_work_mem);
  build.error = build.kmeans.error;
  build.notice = build.kmeans.notice;
  if (!build.error.empty()) return build;

  build.workers = planned_build_workers(plan.workers);
  const core::Estimate alone = build_speedup(1);
  const core::Estimate together = build_speedup(std::min(build.workers + 1, plan.cores));
  const IvfflatBuildWork work = ivfflat_build_work(plan.shape);
  build.kmeans_s = times(law.sample_s * work.sampled + law.distance_s * work.kmeans_distances, law, alone);
  build.assign_s = times(law.distance_s * work.row_distances, law, together);
  build.load_s = times(law.row_s * work.stored, law, alone);
  build.total_s = {build.kmeans_s.value + build.assign_s.value + build.load_s.value,
                   build.kmeans_s.lo + build.assign_s.lo + build.load_s.lo,
                   build.kmeans_s.hi + build.assign_s.hi + build.load_s.hi, true};
  build.wal_bytes = ivfflat_layout(plan.shape).bytes;
  return build;
}

}  // namespace capplan::models
