// PostgreSQL's cost estimates for a nearest-neighbour query; sources and limits in planner_cost.h. Each function
// follows one of the planner's, term by term, so that costs agree with EXPLAIN to the printed digits.

#include "models/index/planner_cost.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/index/vector_type.h"

namespace capplan::models {
namespace {

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

void check(const VectorQuery& query) {
  require(query.rows >= 0, "rows: must be 0 or more");
  require(query.heap_pages >= 0, "heap_pages: must be 0 or more");
  require(query.index_pages >= 0, "index_pages: must be 0 or more");
  require(query.limit >= 0, "limit: must be 0 or more");
  require(query.selectivity > 0 && query.selectivity <= 1, "selectivity: must be above 0 and at most 1");
  require(query.filter_operators >= 0, "filter_operators: must be 0 or more");
}

double row_estimate(double rows) { return std::max(1.0, std::nearbyint(rows)); }

/// genericcostestimate for an index without quals and one ordering operator: the whole index is visited.
struct Generic {
  double pages = 0, total = 0;
};
Generic generic_cost(const VectorQuery& query, const PlannerSettings& settings) {
  const double tuples = std::max(1.0, query.rows);
  const double pages = query.index_pages > 1 && query.rows > 1 ? std::ceil(query.index_pages) : 1;
  const double tuple_cost = settings.cpu_index_tuple_cost + settings.cpu_operator_cost;
  return {pages, pages * settings.random_page_cost + tuples * tuple_cost};
}

/// Where the pages visited outnumber the heap's, its vectors must lie out of line, which a sequential scan is not
/// charged for: then pages are charged as sequential, `dearer` above that each so far, and those beyond the heap's not
/// at all.
Cost with_toast_corrected(double total, double pages, double ratio, double dearer, const VectorQuery& query,
                          const PlannerSettings& settings) {
  Cost cost{total * ratio, total};
  const double visited = pages * ratio;
  if (visited > query.heap_pages && ratio < 0.5) {
    cost.startup -= visited * dearer;
    cost.startup -= (visited - query.heap_pages) * settings.seq_page_cost;
  }
  return cost;
}

/// cost_tuplesort: what sorting adds to its input's total, and giving all rows out.
Cost sort_cost(double rows, const VectorQuery& query, const PlannerSettings& settings) {
  const double tuples = std::max(2.0, rows);
  const bool bounded = query.limit > 0 && query.limit < tuples;
  const double kept = bounded ? query.limit : tuples;
  const auto row_bytes = static_cast<double>(aligned8(query.row_bytes) + 24);
  const double input_bytes = tuples * row_bytes;
  const double comparison = 2 * settings.cpu_operator_cost;
  double startup = comparison * tuples * std::log2(tuples);
  if (kept * row_bytes > settings.work_mem) {
    constexpr double block = page_bytes;
    const double pages = std::ceil(input_bytes / block);
    const double runs = input_bytes / settings.work_mem;
    const double merge_order = std::clamp(std::floor(settings.work_mem / (2 * block + 32 * block)), 6.0, 500.0);
    const double passes = runs > merge_order ? std::ceil(std::log(runs) / std::log(merge_order)) : 1;
    startup += 2 * pages * passes * (settings.seq_page_cost * 0.75 + settings.random_page_cost * 0.25);
  } else if (tuples > 2 * kept || input_bytes > settings.work_mem) {
    startup = comparison * tuples * std::log2(2 * kept);
  }
  return {startup, startup + settings.cpu_operator_cost * tuples};
}

/// Table scan and sort by `workers` besides the leader; 0 is the backend alone.
ExactSearchCost scan_and_sort(int workers, const VectorQuery& query, const PlannerSettings& settings) {
  const double leader = workers > 0 ? std::max(0.0, 1 - 0.3 * workers) : 1;
  const double divisor = workers + leader;
  double rows = row_estimate(query.rows * query.selectivity);
  if (workers > 0) rows = row_estimate(rows / divisor);
  const double per_tuple = settings.cpu_tuple_cost + query.filter_operators * settings.cpu_operator_cost;
  const double distances = settings.cpu_operator_cost * rows;
  const double scan = settings.seq_page_cost * query.heap_pages + per_tuple * query.rows / divisor + distances;
  const Cost sort = sort_cost(rows, query, settings);
  ExactSearchCost search{{scan + sort.startup, scan + sort.total}, rows, workers};
  if (workers == 0) return search;

  search.rows *= workers;
  const double ways = std::log2(workers + 1.0);
  const double comparison = 2 * settings.cpu_operator_cost;
  const double setup = settings.parallel_setup_cost + comparison * (workers + 1) * ways;
  const double per_row = comparison * ways + settings.cpu_operator_cost + 1.05 * settings.parallel_tuple_cost;
  search.cost.startup += setup;
  search.cost.total += setup + search.rows * per_row;
  return search;
}

/// adjust_limit_rows_costs: rows are given out evenly between startup and total.
Cost limited(const Cost& cost, double rows, double limit) {
  if (limit <= 0 || rows <= 0) return cost;
  return {cost.startup, cost.startup + (cost.total - cost.startup) * std::min(limit, rows) / rows};
}

}  // namespace

double hnsw_visited_ratio(double rows, int m, int ef_search) {
  require(m >= 2 && m <= 100, "m: must be 2 to 100");
  require(ef_search >= 1 && ef_search <= 1000, "ef_search: must be 1 to 1000");
  if (!(rows > 0)) return 1;
  const double levels = std::log(rows) / std::log(m);
  const double on_upper = std::floor(levels) * m;
  const double on_ground = 2.0 * m * ef_search * 0.55 * levels / (1 + std::log(ef_search));
  return std::min(1.0, (on_upper + on_ground) / rows);
}

double ivfflat_visited_ratio(int lists, int probes) {
  require(lists >= 1 && lists <= 32768, "lists: must be 1 to 32768");
  require(probes >= 1 && probes <= 32768, "probes: must be 1 to 32768");
  return std::min(1.0, static_cast<double>(probes) / lists);
}

Cost hnsw_index_cost(const VectorQuery& query, int m, int ef_search, const PlannerSettings& settings) {
  check(query);
  const Generic generic = generic_cost(query, settings);
  const double dearer = settings.random_page_cost - settings.seq_page_cost;
  return with_toast_corrected(generic.total, generic.pages, hnsw_visited_ratio(query.rows, m, ef_search), dearer, query,
                              settings);
}

Cost ivfflat_index_cost(const VectorQuery& query, int lists, int probes, const PlannerSettings& settings) {
  check(query);
  const Generic generic = generic_cost(query, settings);
  constexpr double sequential = 0.5;  // share of pages that follow each other
  const double dearer = settings.random_page_cost - settings.seq_page_cost;
  const double total = generic.total - sequential * generic.pages * dearer;
  return with_toast_corrected(total, generic.pages, ivfflat_visited_ratio(lists, probes), (1 - sequential) * dearer,
                              query, settings);
}

double pages_fetched(double tuples, double table_pages, double index_pages, double effective_cache_size) {
  const double pages = std::max(1.0, table_pages);
  const double competing = std::max(1.0, table_pages + index_pages);
  const double cached = std::max(1.0, std::ceil(effective_cache_size * pages / competing));
  const double distinct = 2 * pages * tuples / (2 * pages + tuples);
  if (pages <= cached) return distinct >= pages ? pages : std::ceil(distinct);
  const double full = 2 * pages * cached / (2 * pages - cached);  // fetches after which the cache is full
  if (tuples <= full) return std::ceil(distinct);
  return std::ceil(cached + (tuples - full) * (pages - cached) / pages);
}

Cost index_scan_cost(const VectorQuery& query, const Cost& index, const PlannerSettings& settings) {
  check(query);
  const double tuples = row_estimate(query.rows);  // the index gives all rows; what passes the filter is fewer
  const double rows = row_estimate(query.rows * query.selectivity);
  const double pages = pages_fetched(tuples, query.heap_pages, query.index_pages, settings.effective_cache_size);
  const double per_tuple = settings.cpu_tuple_cost + query.filter_operators * settings.cpu_operator_cost;
  const double heap = pages * settings.random_page_cost + per_tuple * tuples;
  return {index.startup, index.total + heap + settings.cpu_operator_cost * rows};
}

int parallel_workers(double heap_pages, double min_parallel_table_scan_size, int most) {
  require(most >= 0, "most: must be 0 or more");
  if (heap_pages < min_parallel_table_scan_size) return 0;
  int workers = 1;
  for (double threshold = 3 * std::max(1.0, min_parallel_table_scan_size); heap_pages >= threshold; threshold *= 3)
    ++workers;
  return std::min(workers, most);
}

ExactSearchCost exact_search_cost(const VectorQuery& query, const PlannerSettings& settings) {
  check(query);
  const ExactSearchCost alone = scan_and_sort(0, query, settings);
  const int workers = parallel_workers(query.heap_pages, settings.min_parallel_table_scan_size,
                                       settings.max_parallel_workers_per_gather);
  if (workers == 0) return alone;
  const ExactSearchCost together = scan_and_sort(workers, query, settings);
  const bool cheaper =
      limited(together.cost, together.rows, query.limit).total < limited(alone.cost, alone.rows, query.limit).total;
  return cheaper ? together : alone;
}

PlanChoice choose_plan(const VectorQuery& query, const Cost& index, const PlannerSettings& settings) {
  const ExactSearchCost exact = exact_search_cost(query, settings);
  PlanChoice choice;
  choice.index_scan =
      limited(index_scan_cost(query, index, settings), row_estimate(query.rows * query.selectivity), query.limit);
  choice.seq_scan = limited(exact.cost, exact.rows, query.limit);
  choice.plan = choice.index_scan.total <= choice.seq_scan.total ? Plan::index_scan : Plan::seq_scan;
  choice.workers = choice.plan == Plan::seq_scan ? exact.workers : 0;
  return choice;
}

}  // namespace capplan::models
