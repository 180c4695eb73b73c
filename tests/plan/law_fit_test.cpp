// The law of vector search against what was measured: samples that were left out are predicted, its intervals hold
// them, and what it says makes sense where nothing was measured.

#include "plan/fit/law_fit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "tests/models/index_cost_capture.h"
#include "tests/support/catch.h"

using namespace capplan::models;
using namespace capplan::plan;

namespace {

const PlannerSettings serial{.max_parallel_workers_per_gather = 0};

std::vector<IndexSample> samples() {
  std::vector<IndexSample> list;
  for (const IndexRun& run : index_cost_capture()) {
    IndexSample s;
    const IndexKind kind = run.hnsw ? IndexKind::hnsw : IndexKind::ivfflat;
    s.index = sized(kind, run.rows, {VectorType::vector, run.dimensions}, run.hnsw ? run.m : 16,
                    run.hnsw ? run.ef_construction : 64, run.hnsw ? 100 : run.lists);
    s.search = {run.search_param, static_cast<int>(run.limit)};
    s.latency_p50 = run.latency_p50;
    s.pages = run.pages_mean;
    s.recall = run.recall;
    list.push_back(s);
  }
  return list;
}

double quantile(std::vector<double> v, double p) {
  std::sort(v.begin(), v.end());
  return v.at(static_cast<std::size_t>(p * static_cast<double>(v.size() - 1)));
}

struct LeftOut {
  std::vector<double> latency, pages, recall;
  int held = 0;
};

/// Predicts all samples that share a key from all others.
LeftOut leave_one_out(const std::vector<IndexSample>& all, const std::function<double(const IndexSample&)>& key) {
  std::vector<double> keys;
  for (const IndexSample& s : all) keys.push_back(key(s));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  LeftOut out;
  for (const double k : keys) {
    std::vector<IndexSample> kept;
    for (const IndexSample& s : all)
      if (key(s) != k) kept.push_back(s);
    const IndexLaw law = fit_law(kept);
    for (const IndexSample& s : all) {
      if (key(s) != k) continue;
      const SearchForecast f = forecast(s.index, s.search, law, serial);
      out.latency.push_back(std::fabs(f.latency.value / *s.latency_p50 - 1));
      out.pages.push_back(std::fabs(f.pages.value / *s.pages - 1));
      out.recall.push_back(std::fabs(f.recall.value - *s.recall));
      out.held += f.latency.lo <= *s.latency_p50 && *s.latency_p50 <= f.latency.hi;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a law predicts the m that it has not seen") {
  std::vector<IndexSample> graphs;
  for (const IndexSample& s : samples())
    if (s.index.kind == IndexKind::hnsw) graphs.push_back(s);
  const LeftOut out = leave_one_out(graphs, [](const IndexSample& s) { return double(s.index.m); });
  CHECK(quantile(out.latency, 0.5) < 0.09);
  CHECK(quantile(out.latency, 0.9) < 0.25);
  CHECK(quantile(out.pages, 0.5) < 0.08);
  CHECK(quantile(out.recall, 0.5) < 0.01);
  CHECK(out.held > 0.9 * double(out.latency.size()));
}

TEST_CASE("a law predicts the dimensions that it has not seen") {
  const LeftOut out = leave_one_out(samples(), [](const IndexSample& s) { return double(s.index.column.dimensions); });
  CHECK(quantile(out.latency, 0.5) < 0.09);
  CHECK(quantile(out.latency, 0.9) < 0.25);
  CHECK(quantile(out.pages, 0.5) < 0.08);
  CHECK(quantile(out.recall, 0.5) < 0.01);
  CHECK(out.held > 0.9 * double(out.latency.size()));
}

TEST_CASE("a law predicts the number of rows that it has not seen") {
  const LeftOut out = leave_one_out(samples(), [](const IndexSample& s) { return s.index.rows; });
  CHECK(quantile(out.latency, 0.5) < 0.09);
  CHECK(quantile(out.latency, 0.9) < 0.25);
  CHECK(quantile(out.pages, 0.5) < 0.03);
  CHECK(quantile(out.recall, 0.5) < 0.01);
  CHECK(out.held > 0.9 * double(out.latency.size()));
}

TEST_CASE("a host that is slower all over is told by a few samples of it") {
  std::vector<IndexSample> slow = samples();
  for (IndexSample& s : slow) s.latency_p50 = *s.latency_p50 * 3;
  std::vector<IndexSample> few;
  for (std::size_t i = 0; i < slow.size(); i += 20) few.push_back(slow[i]);
  const IndexLaw law = fit_law(few);
  CHECK(law.value(host) > 1.5);
  std::vector<double> errors;
  for (const IndexSample& s : slow)
    errors.push_back(std::fabs(forecast(s.index, s.search, law, serial).latency.value / *s.latency_p50 - 1));
  CHECK(quantile(errors, 0.5) < 0.15);
}

TEST_CASE("a law knows which samples were sequential scans") {
  for (const IndexSample& s : samples()) {
    INFO(s.index.rows << " rows, " << s.index.column.dimensions << " dimensions, " << s.search.search_param);
    CHECK(forecast(s.index, s.search, prior_law(), serial).plan == plan_of(s));
  }
}

TEST_CASE("a fit narrows what its samples speak of, and leaves the rest as it was") {
  std::vector<IndexSample> lists;
  for (const IndexSample& s : samples())
    if (s.index.kind == IndexKind::ivfflat) lists.push_back(s);
  const IndexLaw law = fit_law(lists), prior = prior_law();
  const auto spread = [](const IndexLaw& l, LawTerm t) { return std::sqrt(l.covariance[t * law_terms + t]); };
  CHECK(spread(law, list_row) < 0.7 * spread(prior, list_row));
  CHECK(law.at[step_m] == Approx(prior.at[step_m]));
  CHECK(spread(law, step_m) == Approx(spread(prior, step_m)));
  CHECK(fit_law({}).at == prior.at);
}

TEST_CASE("outside the samples the interval widens, and says which input left") {
  const IndexLaw law = fit_law(samples());
  const auto at = [&](double rows, int m) {
    return forecast(sized(IndexKind::hnsw, rows, {VectorType::vector, 384}, m, 64, 100), {40, 10}, law, serial);
  };
  const SearchForecast inside = at(40'000, 16), outside = at(4'000'000, 16);
  CHECK(inside.outside.empty());
  REQUIRE(outside.outside.size() == 1);
  CHECK(outside.outside[0] == "rows 4e+06 is outside 10000 … 50000");
  CHECK(outside.latency.hi / outside.latency.lo > 2 * inside.latency.hi / inside.latency.lo);
  CHECK(outside.recall.lo < inside.recall.lo);
}

TEST_CASE("more effort finds more and costs more, before anything was measured") {
  const IndexLaw law = prior_law();
  for (const double rows : {1e4, 1e6, 1e8}) {
    const VectorIndex graph = sized(IndexKind::hnsw, rows, {VectorType::halfvec, 1024}, 16, 64, 100);
    const VectorIndex lists = sized(IndexKind::ivfflat, rows, {VectorType::vector, 1024}, 16, 64, 1000);
    for (const VectorIndex& index : {graph, lists}) {
      SearchCost before{.pages = 0, .server = 0, .latency = 0, .recall = 0};
      for (const int effort : {10, 40, 160, 640, 1000}) {
        const SearchCost cost = search_cost(index, {effort, 10}, Plan::index_scan, law.at);
        CHECK(cost.pages >= before.pages);
        CHECK(cost.server > before.server);
        CHECK(cost.latency > cost.server);
        CHECK(cost.recall >= before.recall);
        CHECK(cost.recall <= 1);
        before = cost;
      }
    }
    CHECK(search_cost(lists, {1000, 10}, Plan::index_scan, law.at).recall == 1);
  }
}
