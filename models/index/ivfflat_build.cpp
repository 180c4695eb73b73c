// The time of an IVFFlat build; sources and limits in ivfflat_build.h.

#include "models/index/ivfflat_build.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "models/index/relative_fit.h"

namespace capplan::models {
namespace {

/// What the three costs of the law are charged for: dimensions of samples, distances of k-means and of all rows, both
/// weighed by their length, dimensions of rows.
struct Work {
  double sampled = 0, kmeans_distances = 0, row_distances = 0, stored = 0;
};

Work work_of(const IvfflatShape& shape) {
  const double dimensions = (value_bytes(shape.column) - 8) / 4.0;  // of a float each
  // Samples do not depend on the memory that is asked about.
  const double samples = ivfflat_kmeans(shape, 1).samples;
  const double weight = 1 + dimensions / 1500;
  return {samples * dimensions, samples * shape.lists * weight, shape.rows * shape.lists * weight,
          shape.rows * dimensions};
}

core::Estimate times(double seconds, const IvfflatBuildLaw& law, const core::Estimate& speedup) {
  return {seconds / speedup.value, seconds * law.lo / speedup.hi, seconds * law.hi / speedup.lo, true};
}

}  // namespace

IvfflatBuildFit fit_ivfflat_build(std::span<const IvfflatBuildSample> samples) {
  std::vector<FitPoint> points;
  for (const IvfflatBuildSample& sample : samples) {
    const Work work = work_of(sample.shape);
    points.push_back({{work.sampled, work.kmeans_distances + work.row_distances, work.stored}, sample.seconds});
  }
  const RelativeFit fit = fit_relative(points);
  const double spread = 2 * fit.leave_one_out;
  return {{fit.costs[0], fit.costs[1], fit.costs[2], std::max(0.0, 1 - spread), 1 + spread},
          fit.leave_one_out,
          fit.leave_one_out_most};
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
  const Work work = work_of(plan.shape);
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
