#pragma once
// What one vector search costs and finds, from the shape of its index and a law (index_law.h): pages touched, time,
// recall. Three ways to search: the HNSW graph, the lists of IVFFlat, and every row (flat), which PostgreSQL takes too
// when its planner finds an index dearer (planner_cost.h).
// Form. HNSW: pages = descent ln n / ln m m^a + steps, steps = c (2m)^b (ef_construction / 2m)^c' ef^e n^f, dearer
// beyond a vector's own cluster, never more than the graph holds; plus the rows returned. IVFFlat: pages of centres,
// then of probes lists, the nearest longer than the mean. Time = round trip + parsing + pages or rows x (own cost +
// dimensions x distance), both larger for the share of the index that the processor's cache lacks. Limits: warm, one
// client; what is out of shared_buffers or RAM is residency.h's.

#include "core/estimate.h"
#include "models/index/index_law.h"
#include "models/index/ivfflat_layout.h"
#include "models/index/planner_cost.h"
#include "models/index/vector_type.h"

namespace capplan::models {

enum class IndexKind : std::uint8_t { hnsw, ivfflat, flat };

/// "hnsw", "ivfflat", "flat".
const char* kind_name(IndexKind kind);

/// An index and its table, as they stand at a number of rows.
struct VectorIndex {
  IndexKind kind = IndexKind::hnsw;
  double rows = 0;
  VectorColumn column;
  int m = 16;
  int ef_construction = 64;
  int lists = 100;
  double bytes = 0;  ///< of the index; of the heap and its TOAST for flat
  HeapLayout heap;
  IvfflatLayout list_layout;  ///< of an IVFFlat index
};

/// An index with its sizes worked out (hnsw_layout.h, ivfflat_layout.h). `other_bytes`: of the row's other columns.
VectorIndex sized(IndexKind kind, double rows, const VectorColumn& column, int m, int ef_construction, int lists,
                  int other_bytes = 4);

/// SELECT … ORDER BY embedding <-> query LIMIT limit, without a filter.
struct Search {
  int search_param = 40;  ///< hnsw.ef_search or ivfflat.probes; not read for flat
  int limit = 10;
  int recall_of = 0;       ///< how many of the true nearest rows the recall counts; 0: as many as `limit`
  double selectivity = 1;  ///< share of rows that pass a WHERE clause, as the planner estimates it, who alone reads it
};

struct SearchCost {
  double pages = 0;    ///< shared buffers touched
  double server = 0;   ///< seconds on a core of the server: the median
  double scan = 0;     ///< of these the scan alone, as EXPLAIN ANALYZE times it: the query's vector is read before
  double latency = 0;  ///< seconds at a client alone on the server: `server` and the round trip; the median
  double recall = 1;   ///< share of the true nearest rows found
};

/// The law's answer for the plan named, at the law's own values or others. With `measured_pages` the time is that of so
/// many pages, where it depends on them (HNSW): so time can be fitted without the error that pages have.
SearchCost search_cost(const VectorIndex& index, const Search& search, Plan plan, const LawValues& at,
                       std::optional<double> measured_pages = {});

/// The same with what is known of each figure's uncertainty, at 95 %.
struct SearchForecast {
  Plan plan = Plan::index_scan;
  core::Estimate pages, server, latency, recall;
  std::vector<std::string> outside;  ///< what lies outside the samples that the law was fitted to, with how far
};

/// Intervals hold the uncertainty of the coefficients and what the law left of its samples. Outside the range seen in
/// an input, the standard deviation of ln pages and ln latency grows by 0.25 for each factor e beyond it, that of the
/// recall's logit by 0.5.
SearchForecast forecast(const VectorIndex& index, const Search& search, const IndexLaw& law,
                        const PlannerSettings& planner = {});

/// The plan that PostgreSQL takes for it.
Plan planned(const VectorIndex& index, const Search& search, const PlannerSettings& planner);

}  // namespace capplan::models
