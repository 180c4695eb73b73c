#pragma once
// Which plan PostgreSQL takes for SELECT ... ORDER BY embedding <-> query LIMIT k, and at what estimated cost: a scan
// of the vector index, or reading the table and keeping the nearest k, with parallel workers or without. Source:
// PostgreSQL 15 utils/adt/selfuncs.c (genericcostestimate), optimizer/path/costsize.c (cost_index, index_pages_fetched,
// cost_seqscan, cost_tuplesort, cost_gather_merge), optimizer/path/allpaths.c (compute_parallel_worker); pgvector 0.8.0
// src/hnsw.c (hnswcostestimate), src/ivfflat.c (ivfflatcostestimate). Costs are in PostgreSQL's units, to be compared
// with EXPLAIN and with nothing else.
// Limits: one table, fresh statistics, one vector index over all rows, no other index that a filter could use; distance
// functions of cost 1, as pgvector declares them. Costs within 1 % of each other may be decided by the planner's order.

#include <cstdint>

namespace capplan::models {

enum class Plan : std::uint8_t { index_scan, seq_scan };

/// The settings that the estimates read, under PostgreSQL's names, with its defaults. Sizes in pages of 8 kB.
struct PlannerSettings {
  double seq_page_cost = 1;
  double random_page_cost = 4;
  double cpu_tuple_cost = 0.01;
  double cpu_index_tuple_cost = 0.005;
  double cpu_operator_cost = 0.0025;
  double parallel_setup_cost = 1000;
  double parallel_tuple_cost = 0.1;
  double effective_cache_size = 524288;        ///< 4 GB
  double min_parallel_table_scan_size = 1024;  ///< 8 MB
  int max_parallel_workers_per_gather = 2;
  double work_mem = 4.0 * 1024 * 1024;  ///< bytes
};

/// The table and the query.
struct VectorQuery {
  double rows = 0;        ///< of the table, all of them indexed
  double heap_pages = 0;  ///< without TOAST
  double index_pages = 0;
  double limit = 10;         ///< LIMIT plus OFFSET; 0 is no limit
  double selectivity = 1;    ///< share of rows that pass the WHERE clause, as the planner estimates it, (0, 1]
  int filter_operators = 0;  ///< operators and functions of that clause
  int row_bytes = 12;        ///< estimated width of a sorted row: what is selected, and the distance
};

/// From the first row to the last: what EXPLAIN prints as cost=startup..total.
struct Cost {
  double startup = 0;
  double total = 0;
};

/// What the access method answers: its costs, for all rows in order.
Cost hnsw_index_cost(const VectorQuery& query, int m, int ef_search, const PlannerSettings& settings = {});
Cost ivfflat_index_cost(const VectorQuery& query, int lists, int probes, const PlannerSettings& settings = {});

/// Share of the index that each estimate holds for visited before the first row, 0 to 1.
double hnsw_visited_ratio(double rows, int m, int ef_search);
double ivfflat_visited_ratio(int lists, int probes);

/// The index scan with its heap fetches, as the node Index Scan shows it; `index` is one of the two costs above.
Cost index_scan_cost(const VectorQuery& query, const Cost& index, const PlannerSettings& settings = {});

/// The exact search below the limit: the node Sort, or Gather Merge where workers make it cheaper.
struct ExactSearchCost {
  Cost cost;
  double rows = 0;  ///< that the node gives, as estimated
  int workers = 0;
};
ExactSearchCost exact_search_cost(const VectorQuery& query, const PlannerSettings& settings = {});

/// Pages of a table of `table_pages` that `tuples` fetches in random order read, by Mackert and Lohman.
double pages_fetched(double tuples, double table_pages, double index_pages, double effective_cache_size);

/// Parallel workers that a table of this size is worth, of at most `most`.
int parallel_workers(double heap_pages, double min_parallel_table_scan_size, int most);

/// The cheaper plan under the LIMIT, with both costs of the node Limit.
struct PlanChoice {
  Plan plan = Plan::index_scan;
  int workers = 0;  ///< parallel workers planned; an index scan has none
  Cost index_scan;
  Cost seq_scan;
};
PlanChoice choose_plan(const VectorQuery& query, const Cost& index, const PlannerSettings& settings = {});

}  // namespace capplan::models
