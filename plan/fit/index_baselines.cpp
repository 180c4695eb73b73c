// The simple predictors of index_baselines.h.

#include "plan/fit/index_baselines.h"

#include <Eigen/Dense>
#include <cmath>
#include <stdexcept>

#include "plan/fit/relative_fit.h"

namespace capplan::plan {

namespace {

using models::IndexKind;

/// What the samples are taken for: exact searches are a kind of their own.
IndexKind kind_of(const IndexSample& s) {
  return plan_of(s) == models::Plan::seq_scan ? IndexKind::flat : s.index.kind;
}

double planner_tuples(const IndexSample& s) {
  const models::VectorIndex& index = s.index;
  switch (kind_of(s)) {
    case IndexKind::hnsw:
      return index.rows * models::hnsw_visited_ratio(index.rows, index.m, s.search.search_param);
    case IndexKind::ivfflat:
      return index.lists + index.rows * models::ivfflat_visited_ratio(index.lists, s.search.search_param);
    case IndexKind::flat:
      break;
  }
  return index.rows;
}

std::vector<double> log_inputs(const IndexSample& s) {
  const models::VectorIndex& index = s.index;
  std::vector<double> inputs = {std::log(index.rows), std::log(index.column.dimensions)};
  const IndexKind kind = kind_of(s);
  if (kind == IndexKind::flat) return inputs;
  inputs.push_back(std::log(s.search.search_param));
  inputs.push_back(std::log(kind == IndexKind::hnsw ? index.m : index.lists));
  if (kind == IndexKind::hnsw) inputs.push_back(std::log(index.ef_construction));
  return inputs;
}

/// Latencies of one kind by least squares; `predict` is called with the constants found.
class Fit {
 public:
  Fit(Baseline baseline, IndexKind kind, const std::vector<IndexSample>& given) : baseline_(baseline) {
    std::vector<const IndexSample*> used;
    for (const IndexSample& s : given)
      if (s.latency_p50 && kind_of(s) == kind) used.push_back(&s);
    if (used.empty()) return;
    if (baseline == Baseline::planner) {
      std::vector<FitPoint> points;
      for (const IndexSample* s : used) points.push_back({{1, planner_tuples(*s)}, *s->latency_p50});
      try {
        constants_ = fit_relative(points).costs;
      } catch (const std::invalid_argument&) {  // too few that differ
      }
      return;
    }
    const std::size_t terms = log_inputs(*used.front()).size();
    if (used.size() <= terms + 1) return;
    Eigen::MatrixXd a(static_cast<long>(used.size()), static_cast<long>(terms));
    Eigen::VectorXd b(static_cast<long>(used.size()));
    for (std::size_t i = 0; i < used.size(); ++i) {
      const std::vector<double> inputs = log_inputs(*used[i]);
      for (std::size_t j = 0; j < terms; ++j) a(static_cast<long>(i), static_cast<long>(j)) = inputs[j];
      b[static_cast<long>(i)] = std::log(*used[i]->latency_p50);
    }
    // Around the means, and the solution of least norm: an input that does not vary in the samples gets no say.
    const Eigen::RowVectorXd centre = a.colwise().mean();
    a.rowwise() -= centre;
    const double level = b.mean();
    const Eigen::VectorXd x = a.completeOrthogonalDecomposition().solve((b.array() - level).matrix());
    constants_.assign(x.data(), x.data() + x.size());
    constants_.push_back(level - centre * x);
  }

  std::optional<double> predict(const IndexSample& s) const {
    if (constants_.empty()) return std::nullopt;
    if (baseline_ == Baseline::planner) return constants_[0] + constants_[1] * planner_tuples(s);
    const std::vector<double> inputs = log_inputs(s);
    double sum = constants_.back();
    for (std::size_t i = 0; i < inputs.size(); ++i) sum += constants_[i] * inputs[i];
    return std::exp(sum);
  }

 private:
  Baseline baseline_;
  std::vector<double> constants_;
};

}  // namespace

std::vector<std::optional<double>> baseline_latencies(Baseline baseline, const std::vector<IndexSample>& given,
                                                      const std::vector<IndexSample>& asked) {
  const Fit graphs(baseline, IndexKind::hnsw, given), lists(baseline, IndexKind::ivfflat, given),
      exact(baseline, IndexKind::flat, given);
  std::vector<std::optional<double>> latencies;
  for (const IndexSample& s : asked) {
    const IndexKind kind = kind_of(s);
    latencies.push_back((kind == IndexKind::hnsw ? graphs : kind == IndexKind::ivfflat ? lists : exact).predict(s));
  }
  return latencies;
}

}  // namespace capplan::plan
