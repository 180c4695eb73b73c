#include "plan/fit/law_fit.h"

#include <Eigen/Dense>
#include <unsupported/Eigen/NonLinearOptimization>
#include <unsupported/Eigen/NumericalDiff>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/robust.h"
#include "models/index/hot_pages.h"

namespace capplan::plan {

namespace {

using core::damped;
using models::IndexKind;
using models::IndexLaw;
using models::law_coefficients;
using models::law_terms;
using models::LawValues;
using models::PageAccess;
using models::PageCost;
using models::PageShares;
using models::Plan;
using models::PlannerSettings;
using models::prior_law;
using models::SearchCost;
using models::SeenIndex;

// Scatter that is expected of one sample; and of what samples share that were taken in one session, those of one
// index kind on one table: the host's speed of that hour, and how the data cluster.
constexpr double latency_noise = 0.10;
constexpr double pages_noise = 0.08;
constexpr double recall_noise = 0.004;
constexpr double host_drift = 0.15;
constexpr double shared_pages = 0.05;

struct Residuals {
  typedef double Scalar;
  typedef Eigen::VectorXd InputType;
  typedef Eigen::VectorXd ValueType;
  typedef Eigen::MatrixXd JacobianType;
  enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

  const std::vector<IndexSample>& samples;
  const std::vector<Plan>& plans;
  std::vector<long> session;  ///< in which each sample was taken
  long sessions = 0;
  IndexLaw prior = prior_law();

  int inputs() const { return static_cast<int>(law_terms + 2 * sessions); }
  int values() const { return static_cast<int>(inputs() + 4 * samples.size()); }

  int operator()(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    LawValues at;
    std::copy(x.data(), x.data() + law_terms, at.begin());
    int row = 0;
    for (std::size_t i = 0; i < law_terms; ++i) out[row++] = (at[i] - prior.at[i]) / law_coefficients()[i].spread;
    const auto shared = x.tail(2 * sessions);
    for (long t = 0; t < sessions; ++t) {
      out[row++] = shared[2 * t] / host_drift;
      out[row++] = shared[2 * t + 1] / shared_pages;
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const IndexSample& s = samples[i];
      const SearchCost cost = search_cost(s.index, s.search, plans[i], at, s.pages);
      const double more = beyond_memory(s, plans[i], cost.pages);
      const double drift = shared[2 * session[i]];
      const double more_pages = plans[i] == Plan::seq_scan ? 0 : shared[2 * session[i] + 1];
      out[row++] = s.pages && *s.pages > 0 ? damped((std::log(cost.pages / *s.pages) + more_pages) / pages_noise) : 0;
      out[row++] =
          s.latency_p50 ? damped((std::log((cost.latency + more) / *s.latency_p50) + drift) / latency_noise) : 0;
      out[row++] =
          s.scan && !s.latency_p50 ? damped((std::log((cost.scan + more) / *s.scan) + drift) / latency_noise) : 0;
      out[row++] = s.recall ? damped((cost.recall - *s.recall) / recall_scatter(s)) : 0;
    }
    return 0;
  }

  static double recall_scatter(const IndexSample& s) {
    const double p = std::clamp(*s.recall, 0.5 / s.queries, 1 - 0.5 / s.queries);
    return std::sqrt(p * (1 - p) / s.queries + recall_noise * recall_noise);
  }
};

/// Of four values or more; else what a law has before anything was measured.
double spread_of(std::vector<double> values, double if_few) {
  return values.size() < 4 ? if_few : core::robust_spread(std::move(values));
}

void see(IndexLaw& law, const IndexSample& s, Plan plan) {
  SeenIndex& seen = plan == Plan::seq_scan ? law.flat : s.index.kind == IndexKind::hnsw ? law.hnsw : law.ivfflat;
  seen.rows.take(s.index.rows);
  seen.dimensions.take(s.index.column.dimensions);
  if (plan == Plan::seq_scan) return;
  if (s.index.kind == IndexKind::hnsw) {
    seen.m.take(s.index.m);
    seen.ef_construction.take(s.index.ef_construction);
    seen.ef_search.take(s.search.search_param);
  } else {
    seen.lists.take(s.index.lists);
    seen.probes.take(s.search.search_param);
  }
}

/// What the fitted law leaves of the samples, and how much queries of one sample differ.
void measure_rest(IndexLaw& law, const std::vector<IndexSample>& samples, const std::vector<Plan>& plans) {
  const IndexLaw none;
  std::vector<double> pages, latency, recall, dispersion;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const IndexSample& s = samples[i];
    const SearchCost cost = search_cost(s.index, s.search, plans[i], law.at);
    const double more = beyond_memory(s, plans[i], cost.pages);
    if (plans[i] == Plan::index_scan) {
      if (s.pages && *s.pages > 0) pages.push_back(std::log(cost.pages / *s.pages));
      if (s.recall) recall.push_back(cost.recall - *s.recall);
    }
    if (s.latency_p50)
      latency.push_back(std::log((cost.latency + more) / *s.latency_p50));
    else if (s.scan)
      latency.push_back(std::log((cost.scan + more) / *s.scan));
    if (s.latency_p50 && s.latency_p95) dispersion.push_back(std::log(*s.latency_p95 / *s.latency_p50) / 1.645);
  }
  law.pages_residual = std::max(0.03, spread_of(std::move(pages), none.pages_residual));
  law.latency_residual = std::max(0.05, spread_of(std::move(latency), none.latency_residual));
  law.recall_residual = std::max(0.002, spread_of(std::move(recall), none.recall_residual));
  if (!dispersion.empty()) {
    std::sort(dispersion.begin(), dispersion.end());
    law.dispersion = std::clamp(dispersion[dispersion.size() / 2], 0.02, 2.0);
  }
}

}  // namespace

Plan plan_of(const IndexSample& sample, const PlannerSettings& planner) {
  if (sample.plan) return *sample.plan;
  if (sample.pages && sample.recall) {
    const double exact = exact_search_pages(sample.index.rows, sample.index.heap);
    return std::fabs(*sample.pages / exact - 1) < 0.01 && *sample.recall > 0.9999 ? Plan::seq_scan : Plan::index_scan;
  }
  return planned(sample.index, sample.search, planner);
}

double beyond_memory(const IndexSample& sample, Plan plan, double pages) {
  if (!sample.memory) return 0;
  const PageAccess access = access_of(sample.index.kind, plan);
  const PageShares shares = page_shares(searched_bytes(sample.index, plan), *sample.memory, access);
  const PageCost cost = page_cost(cold_pages(sample.index, plan, pages), shares, *sample.memory, access);
  return cost.cpu + cost.disk;
}

IndexLaw fit_law(const std::vector<IndexSample>& samples, const PlannerSettings& planner) {
  IndexLaw law = prior_law();
  if (samples.empty()) return law;
  std::vector<Plan> plans;
  for (const IndexSample& s : samples) {
    plans.push_back(plan_of(s, planner));
    see(law, s, plans.back());
  }
  law.samples = static_cast<int>(samples.size());

  Residuals residuals{samples, plans, {}, 0, prior_law()};
  std::map<std::tuple<double, int, IndexKind>, long> sessions;
  for (const IndexSample& s : samples)
    residuals.session.push_back(sessions
                                    .emplace(std::tuple{s.index.rows, s.index.column.dimensions, s.index.kind},
                                             static_cast<long>(sessions.size()))
                                    .first->second);
  residuals.sessions = static_cast<long>(sessions.size());
  Eigen::NumericalDiff<Residuals, Eigen::Central> slopes(residuals);
  Eigen::LevenbergMarquardt<decltype(slopes)> search(slopes);
  search.parameters.maxfev = 4000;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(residuals.inputs());
  std::copy(law.at.begin(), law.at.end(), x.data());
  search.minimize(x);
  std::copy(x.data(), x.data() + law_terms, law.at.begin());

  Eigen::MatrixXd jacobian(residuals.values(), residuals.inputs());
  slopes.df(x, jacobian);
  const Eigen::MatrixXd covariance =
      (jacobian.transpose() * jacobian).ldlt().solve(Eigen::MatrixXd::Identity(x.size(), x.size()));
  for (std::size_t i = 0; i < law_terms; ++i)
    for (std::size_t j = 0; j < law_terms; ++j)
      law.covariance[i * law_terms + j] = (covariance(static_cast<long>(i), static_cast<long>(j)) +
                                           covariance(static_cast<long>(j), static_cast<long>(i))) /
                                          2;
  measure_rest(law, samples, plans);
  return law;
}

}  // namespace capplan::plan
