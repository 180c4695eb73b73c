// Predictions beside samples; what for, and limits, in index_validation.h.

#include "plan/fit/index_validation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "models/index/hnsw_layout.h"

namespace capplan::plan {

namespace {

using models::IndexKind;

double value_of(const IndexSample& sample, LeftOut what) {
  switch (what) {
    case LeftOut::m:
      return sample.index.m;
    case LeftOut::rows:
      return sample.index.rows;
    case LeftOut::dimensions:
      break;
  }
  return sample.index.column.dimensions;
}

bool takes_part(const IndexSample& sample, LeftOut what) {
  return what != LeftOut::m || sample.index.kind == IndexKind::hnsw;
}

std::set<double> values_of(const std::vector<IndexSample>& samples, LeftOut what) {
  std::set<double> values;
  for (const IndexSample& sample : samples)
    if (takes_part(sample, what)) values.insert(value_of(sample, what));
  return values;
}

core::Estimate size_of(const models::VectorIndex& index) {
  if (index.kind == IndexKind::hnsw) return models::hnsw_layout({index.rows, index.column, index.m}).bytes;
  if (index.kind == IndexKind::ivfflat) return index.list_layout.bytes;
  return {};
}

/// Pages out of memory take their time, which is known within a factor of 1.6.
void add_beyond_memory(IndexPrediction& row) {
  const auto more = [&](double pages) { return beyond_memory(row.sample, row.predicted.plan, pages); };
  core::Estimate& latency = row.predicted.latency;
  const core::Estimate& pages = row.predicted.pages;
  latency.value += more(pages.value);
  latency.lo += more(pages.lo) / 1.6;
  latency.hi += more(pages.hi) * 1.6;
}

IndexPrediction predict(const models::IndexLaw& law, const IndexSample& sample,
                        const models::PlannerSettings& planner) {
  IndexPrediction row;
  row.sample = sample;
  row.measured_plan = plan_of(sample, planner);
  row.predicted = models::forecast(sample.index, sample.search, law, planner);
  add_beyond_memory(row);
  row.bytes = size_of(sample.index);
  const auto relative = [](const core::Estimate& predicted, const std::optional<double>& measured) {
    return measured && *measured > 0 ? std::optional(predicted.value / *measured - 1) : std::nullopt;
  };
  row.latency_error = relative(row.predicted.latency, sample.latency_p50);
  row.pages_error = relative(row.predicted.pages, sample.pages);
  if (row.bytes.known) row.size_error = relative(row.bytes, sample.bytes);
  if (sample.recall) row.recall_error = row.predicted.recall.value - *sample.recall;
  return row;
}

/// The share of measured values within their intervals.
struct Inside {
  int held = 0, all = 0;
  void count(const core::Estimate& predicted, const std::optional<double>& measured) {
    if (!measured) return;
    ++all;
    held += predicted.lo <= *measured && *measured <= predicted.hi;
  }
  std::optional<double> share() const {
    return all > 0 ? std::optional(static_cast<double>(held) / all) : std::nullopt;
  }
};

void summarise(IndexValidation& validation) {
  std::vector<double> latency, pages, recall, size;
  Inside latency_inside, pages_inside, recall_inside;
  std::set<std::string> warnings;
  for (const IndexPrediction& row : validation.rows) {
    if (row.latency_error) latency.push_back(*row.latency_error);
    if (row.pages_error) pages.push_back(*row.pages_error);
    if (row.recall_error) recall.push_back(*row.recall_error);
    if (row.size_error) size.push_back(*row.size_error);
    latency_inside.count(row.predicted.latency, row.sample.latency_p50);
    // Pages of exact searches are counted, not estimated: half a page is what a mean may be rounded by.
    core::Estimate around = row.predicted.pages;
    around.lo -= 0.5;
    around.hi += 0.5;
    pages_inside.count(around, row.sample.pages);
    recall_inside.count(row.predicted.recall, row.sample.recall);
    for (const std::string& name : row.predicted.outside) warnings.insert(name);
  }
  validation.latency_p50_error_median = quantile_of_errors(latency, 0.5);
  validation.latency_p50_error_p90 = quantile_of_errors(latency, 0.9);
  validation.pages_error_median = quantile_of_errors(pages, 0.5);
  validation.recall_error_median = quantile_of_errors(recall, 0.5);
  validation.size_error_max = quantile_of_errors(size, 1);
  validation.latency_inside = latency_inside.share();
  validation.pages_inside = pages_inside.share();
  validation.recall_inside = recall_inside.share();
  validation.warnings.assign(warnings.begin(), warnings.end());
}

}  // namespace

std::optional<double> quantile_of_errors(std::vector<double> errors, double p) {
  if (errors.empty()) return std::nullopt;
  for (double& error : errors) error = std::fabs(error);
  std::sort(errors.begin(), errors.end());
  return errors[static_cast<std::size_t>(p * static_cast<double>(errors.size() - 1))];
}

IndexValidation validate_index_law(const models::IndexLaw& law, const std::vector<IndexSample>& samples,
                                   const models::PlannerSettings& planner) {
  IndexValidation validation;
  for (const IndexSample& sample : samples) validation.rows.push_back(predict(law, sample, planner));
  summarise(validation);
  return validation;
}

std::vector<LeftOutFold> folds(const std::vector<IndexSample>& samples, LeftOut what) {
  std::vector<LeftOutFold> all;
  for (const double value : values_of(samples, what)) {
    LeftOutFold fold;
    for (const IndexSample& sample : samples)
      if (takes_part(sample, what)) (value_of(sample, what) == value ? fold.left : fold.kept).push_back(sample);
    all.push_back(std::move(fold));
  }
  return all;
}

bool can_leave_out(const std::vector<IndexSample>& samples, LeftOut what) {
  return values_of(samples, what).size() > 1;
}

IndexValidation leave_one_out(const std::vector<IndexSample>& samples, LeftOut what,
                              const models::PlannerSettings& planner) {
  const std::vector<LeftOutFold> all = folds(samples, what);
  if (all.size() < 2)
    throw core::InputError({"--leave-one-out"}, "", "the samples do not differ in it",
                           "measure with two values of it or more");
  IndexValidation validation;
  for (const LeftOutFold& fold : all) {
    const models::IndexLaw law = fit_law(fold.kept, planner);
    for (const IndexSample& sample : fold.left) validation.rows.push_back(predict(law, sample, planner));
  }
  summarise(validation);
  return validation;
}

}  // namespace capplan::plan
