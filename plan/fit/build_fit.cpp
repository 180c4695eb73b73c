#include "plan/fit/build_fit.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "plan/fit/relative_fit.h"

namespace capplan::plan {

HnswBuildFit fit_hnsw_build(std::span<const HnswBuildSample> samples) {
  std::vector<FitPoint> points;
  for (const HnswBuildSample& sample : samples) {
    if (!(sample.shape.rows > 0)) throw std::invalid_argument("rows: must be above 0");
    const auto terms = models::hnsw_row_terms(sample.shape, sample.ef_construction);
    points.push_back({{terms[0], terms[1]}, sample.seconds / sample.shape.rows});
  }
  const RelativeFit fit = fit_relative(points);
  const double spread = 2 * fit.leave_one_out;
  return {
      {fit.costs[0], fit.costs[1], std::max(0.0, 1 - spread), 1 + spread}, fit.leave_one_out, fit.leave_one_out_most};
}

IvfflatBuildFit fit_ivfflat_build(std::span<const IvfflatBuildSample> samples) {
  std::vector<FitPoint> points;
  for (const IvfflatBuildSample& sample : samples) {
    const models::IvfflatBuildWork work = models::ivfflat_build_work(sample.shape);
    points.push_back({{work.sampled, work.kmeans_distances + work.row_distances, work.stored}, sample.seconds});
  }
  const RelativeFit fit = fit_relative(points);
  const double spread = 2 * fit.leave_one_out;
  return {{fit.costs[0], fit.costs[1], fit.costs[2], std::max(0.0, 1 - spread), 1 + spread},
          fit.leave_one_out,
          fit.leave_one_out_most};
}

}  // namespace capplan::plan
