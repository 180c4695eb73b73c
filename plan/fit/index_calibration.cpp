// Fitting the laws of indexes; what for, and limits, in index_calibration.h.

#include "plan/fit/index_calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace capplan::plan {

namespace {

using models::IndexKind;

constexpr std::pair<const char*, LeftOut> left_outs[] = {
    {"m", LeftOut::m}, {"rows", LeftOut::rows}, {"dimensions", LeftOut::dimensions}};

/// The samples with a build time, one for each index.
std::vector<const IndexSample*> builds(const std::vector<IndexSample>& samples, IndexKind kind) {
  std::vector<const IndexSample*> found;
  for (const IndexSample& s : samples) {
    if (s.index.kind != kind || !s.build) continue;
    const auto same = [&](const IndexSample* other) {
      const models::VectorIndex &a = s.index, &b = other->index;
      return a.rows == b.rows && a.column.type == b.column.type && a.column.dimensions == b.column.dimensions &&
             a.m == b.m && a.ef_construction == b.ef_construction && a.lists == b.lists && s.build == other->build;
    };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(&s);
  }
  return found;
}

void fit_builds(IndexCalibration& result, const std::vector<IndexSample>& samples) {
  const auto kept = [&](const char* kind, std::size_t n, const std::invalid_argument& why) {
    if (n > 0)
      result.warnings.push_back(
          fmt::format("{} builds of {} do not make a law of building it, the default stays: {}", n, kind, why.what()));
  };
  std::vector<HnswBuildSample> graphs;
  for (const IndexSample* s : builds(samples, IndexKind::hnsw))
    graphs.push_back({{s->index.rows, s->index.column, s->index.m}, s->index.ef_construction, *s->build});
  try {
    result.hnsw_build = fit_hnsw_build(graphs);
    result.costs.hnsw_build = result.hnsw_build->law;
  } catch (const std::invalid_argument& why) {
    kept("hnsw", graphs.size(), why);
  }
  std::vector<IvfflatBuildSample> lists;
  for (const IndexSample* s : builds(samples, IndexKind::ivfflat))
    lists.push_back({{s->index.rows, s->index.column, s->index.lists}, *s->build});
  try {
    result.ivfflat_build = fit_ivfflat_build(lists);
    result.costs.ivfflat_build = result.ivfflat_build->law;
  } catch (const std::invalid_argument& why) {
    kept("ivfflat", lists.size(), why);
  }
}

void warn_of_samples(IndexCalibration& result, const std::vector<IndexSample>& samples) {
  int timed = 0, counted = 0;
  for (const IndexSample& s : samples) {
    timed += s.latency_p50.has_value();
    counted += s.pages.has_value();
  }
  if (timed == 0)
    result.warnings.push_back("no sample has a latency: times are those of a core at 3 GHz, and not of this host");
  if (counted == 0 && timed > 0)
    result.warnings.push_back("no sample has pages: how many a search touches is known from latency alone");
  if (samples.size() < 10)
    result.warnings.push_back(
        fmt::format("{} samples leave most coefficients near their priors; "
                    "data/index_samples/measure.py takes some fifty in ten minutes",
                    samples.size()));
}

}  // namespace

IndexCalibration calibrate_indexes(std::vector<IndexSampleFile> files, const models::PlannerSettings& planner) {
  IndexCalibration result;
  const std::vector<IndexSample> samples = all_samples(files);
  result.files = std::move(files);
  result.costs.search = fit_law(samples, planner);
  warn_of_samples(result, samples);
  fit_builds(result, samples);

  result.errors.push_back({"in_sample", validate_index_law(result.costs.search, samples, planner)});
  for (const auto& [name, what] : left_outs)
    if (can_leave_out(samples, what)) result.errors.push_back({name, leave_one_out(samples, what, planner)});
  for (IndexErrors& errors : result.errors) errors.validation.rows.clear();
  return result;
}

}  // namespace capplan::plan
