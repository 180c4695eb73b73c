#pragma once
// Samples of real searches -> the law: every coefficient at once, by least squares on logarithms with the priors as
// further observations (maximum a posteriori), outliers damped (pseudo-Huber). What samples say nothing about keeps its
// prior, and its prior's spread. Source of the method: Gelman et al., Bayesian Data Analysis, 3rd ed., 4.1 (normal
// approximation at the mode). Limits: samples of one index kind on one table are taken for one session, whose
// host was faster or slower by a factor of its own; without it the coefficients would take the host's moods for law.

#include <optional>
#include <string>
#include <vector>

#include "models/index/residency.h"
#include "models/index/search_cost.h"

namespace capplan::plan {

/// One (table, index, search parameter) that was measured. Times in seconds, as a client saw them.
struct IndexSample {
  models::VectorIndex index;  ///< with measured `bytes` where known
  models::Search search;
  std::optional<double> latency_p50, latency_p95, pages, recall;
  std::optional<double> scan;        ///< of the plan's node alone, by EXPLAIN ANALYZE; read where there is no latency
  std::optional<double> build;       ///< seconds
  std::optional<double> bytes;       ///< of the index
  int queries = 300;                 ///< that the recall is a mean over
  std::optional<models::Plan> plan;  ///< where it is known
  std::optional<models::PageMemory> memory;  ///< of the server, where it is known: else all pages are in shared_buffers
};

/// The plan a sample was answered by: its own where it is known; a sequential scan if it touched the table's pages and
/// missed nothing; without pages what the planner would take under these settings.
models::Plan plan_of(const IndexSample& sample, const models::PlannerSettings& planner = {});

/// Seconds that touching `pages` adds to a sample's search, for what its server's memory does not hold.
double beyond_memory(const IndexSample& sample, models::Plan plan, double pages);

/// Fits the law to the samples. With none, the prior.
models::IndexLaw fit_law(const std::vector<IndexSample>& samples, const models::PlannerSettings& planner = {});

}  // namespace capplan::plan
