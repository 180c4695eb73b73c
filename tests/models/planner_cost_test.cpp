// The planner's costs beside what EXPLAIN printed on PostgreSQL 15.20 with pgvector 0.8.0, and its choices beside every
// search of the capture: an exact search shows by its recall of 1 and by touching exactly the table's pages.

#include "models/index/planner_cost.h"

#include <cmath>
#include <stdexcept>

#include "models/index/hnsw_layout.h"
#include "models/index/ivfflat_layout.h"
#include "tests/models/index_cost_capture.h"
#include "tests/support/catch.h"

using namespace capplan::models;

namespace {

/// As EXPLAIN prints it.
Approx printed(double value) { return Approx(value).margin(0.0051).epsilon(0); }

void check_cost(const Cost& cost, double startup, double total) {
  CHECK(cost.startup == printed(startup));
  CHECK(cost.total == printed(total));
}

const VectorQuery small{.rows = 10000, .heap_pages = 2000, .index_pages = 2501};    // 384 dimensions, HNSW
const VectorQuery toasted{.rows = 20000, .heap_pages = 128, .index_pages = 10001};  // 768 dimensions, HNSW
const VectorQuery small_ivf{.rows = 10000, .heap_pages = 2000, .index_pages = 2063};
const VectorQuery toasted_ivf{.rows = 20000, .heap_pages = 128, .index_pages = 10018};

PlannerSettings serial() {
  PlannerSettings settings;
  settings.max_parallel_workers_per_gather = 0;
  settings.work_mem = 16.0 * 1024 * 1024;
  return settings;
}

}  // namespace

TEST_CASE("the planner's choice is that of every search of the capture") {
  int index_scans = 0, seq_scans = 0;
  for (const IndexRun& run : index_cost_capture()) {
    CAPTURE(run.rows, run.dimensions, run.hnsw, run.m, run.lists, run.search_param);
    const VectorColumn column{VectorType::vector, run.dimensions, 0};
    const HeapLayout heap = heap_layout(run.rows, column);
    VectorQuery query{.rows = run.rows, .heap_pages = heap.pages, .limit = run.limit};
    Cost index;
    if (run.hnsw) {
      query.index_pages = hnsw_layout({run.rows, column, run.m, 1}).pages.value;
      index = hnsw_index_cost(query, run.m, run.search_param, serial());
    } else {
      query.index_pages = ivfflat_layout({run.rows, column, run.lists, 0.5}).pages.value;
      index = ivfflat_index_cost(query, run.lists, run.search_param, serial());
    }
    const bool measured_exact = run.recall == 1 && run.pages_mean == exact_search_pages(run.rows, heap);
    const PlanChoice choice = choose_plan(query, index, serial());
    CHECK((choice.plan == Plan::seq_scan) == measured_exact);
    ++(choice.plan == Plan::seq_scan ? seq_scans : index_scans);
  }
  CHECK(seq_scans == 9);
  CHECK(index_scans == 166);
}

TEST_CASE("an HNSW scan costs what EXPLAIN prints") {
  check_cost(index_scan_cost(small, hnsw_index_cost(small, 16, 40, serial()), serial()), 551.08, 18204.00);
  check_cost(index_scan_cost(small, hnsw_index_cost(small, 16, 160, serial()), serial()), 1600.34, 18204.00);
  const PlanChoice narrow = choose_plan(small, hnsw_index_cost(small, 16, 40, serial()), serial());
  check_cost(narrow.index_scan, 551.08, 568.73);
  CHECK(narrow.plan == Plan::index_scan);
  const PlanChoice wide = choose_plan(small, hnsw_index_cost(small, 16, 320, serial()), serial());
  check_cost(wide.seq_scan, 2341.10, 2341.12);
  CHECK(wide.plan == Plan::seq_scan);
}

TEST_CASE("pages beyond those of the heap are not charged to an HNSW scan") {
  const PlanChoice narrow = choose_plan(toasted, hnsw_index_cost(toasted, 16, 40, serial()), serial());
  check_cost(narrow.index_scan, 132.38, 152.77);
  const PlanChoice wide = choose_plan(toasted, hnsw_index_cost(toasted, 16, 320, serial()), serial());
  check_cost(wide.index_scan, 150.65, 171.03);
  check_cost(wide.seq_scan, 810.19, 810.22);
  CHECK(wide.plan == Plan::index_scan);
}

TEST_CASE("an IVFFlat scan costs what EXPLAIN prints") {
  check_cost(index_scan_cost(small_ivf, ivfflat_index_cost(small_ivf, 100, 8, serial()), serial()), 418.60, 13357.50);
  const PlanChoice many = choose_plan(small_ivf, ivfflat_index_cost(small_ivf, 100, 40, serial()), serial());
  check_cost(many.index_scan, 2093.00, 2104.26);
  const PlanChoice out_of_line = choose_plan(toasted_ivf, ivfflat_index_cost(toasted_ivf, 20, 8, serial()), serial());
  check_cost(out_of_line.index_scan, 188.00, 200.88);
  CHECK(ivfflat_visited_ratio(10, 20) == 1);
}

TEST_CASE("a small effective_cache_size makes heap fetches dearer") {
  PlannerSettings settings = serial();
  settings.effective_cache_size = 1024;  // 8 MB
  check_cost(index_scan_cost(small_ivf, ivfflat_index_cost(small_ivf, 100, 8, settings), settings), 418.60, 35549.50);
}

TEST_CASE("a filter costs its operators on every row, and stretches the scan") {
  VectorQuery query = toasted_ivf;  // WHERE id % 2 >= 0, of which the planner expects a third
  query.selectivity = 1.0 / 3;
  query.filter_operators = 2;
  const PlanChoice choice = choose_plan(query, ivfflat_index_cost(query, 20, 8, serial()), serial());
  check_cost(index_scan_cost(query, ivfflat_index_cost(query, 20, 8, serial()), serial()), 188.00, 26023.67);
  check_cost(choice.index_scan, 188.00, 226.75);
  check_cost(choice.seq_scan, 588.74, 588.76);

  // WHERE id % 2 = 0, of which it expects 1 in 200: the index would be read to a tenth for 10 rows.
  VectorQuery rare = toasted;
  rare.selectivity = 0.005;
  rare.filter_operators = 2;
  const PlanChoice exact = choose_plan(rare, hnsw_index_cost(rare, 16, 40, serial()), serial());
  CHECK(exact.plan == Plan::seq_scan);
  check_cost(exact.seq_scan, 430.41, 430.44);
}

TEST_CASE("an exact search that passes work_mem is charged for its files") {
  PlannerSettings settings = serial();
  settings.work_mem = 64 * 1024;
  VectorQuery query = small_ivf;
  query.limit = 3000;
  const ExactSearchCost some = exact_search_cost(query, settings);
  check_cost(some.cost, 3132.39, 3157.39);
  query.limit = 0;
  check_cost(exact_search_cost(query, settings).cost, 3132.39, 3157.39);
  const PlanChoice choice = choose_plan(query, ivfflat_index_cost(query, 100, 8, settings), settings);
  CHECK(choice.plan == Plan::seq_scan);
  check_cost(choice.seq_scan, 3132.39, 3157.39);
}

TEST_CASE("parallel workers share the rows of an exact search") {
  PlannerSettings settings;
  settings.max_parallel_workers_per_gather = 4;
  const VectorQuery wide{.rows = 2e6, .heap_pages = 12739, .index_pages = 0};  // 3 dimensions
  const ExactSearchCost search = exact_search_cost(wide, settings);
  CHECK(search.workers == 3);
  CHECK(search.rows == 1935483);
  check_cost(search.cost, 35745.25, 264777.41);

  PlannerSettings cheap;
  cheap.parallel_setup_cost = 10;
  CHECK(exact_search_cost(small, PlannerSettings{}).workers == 0);  // 1000 to start them is more than they save
  check_cost(exact_search_cost(small, cheap).cost, 2210.65, 2887.08);
}

TEST_CASE("workers follow the table's size in steps of three") {
  CHECK(parallel_workers(1023, 1024, 8) == 0);
  CHECK(parallel_workers(1024, 1024, 8) == 1);
  CHECK(parallel_workers(3071, 1024, 8) == 1);
  CHECK(parallel_workers(3072, 1024, 8) == 2);
  CHECK(parallel_workers(9216, 1024, 8) == 3);
  CHECK(parallel_workers(27648, 1024, 8) == 4);
  CHECK(parallel_workers(27648, 1024, 2) == 2);
}

TEST_CASE("pages fetched follow Mackert and Lohman") {
  CHECK(pages_fetched(1000, 10000, 0, 1e9) == 953);
  CHECK(pages_fetched(1e5, 1e4, 0, 1e9) == 10000);
  CHECK(pages_fetched(1e5, 1e6, 0, 50000) == 96283);
}

TEST_CASE("the share of an HNSW index that is visited is pgvector's guess") {
  const auto tuples = [](double rows, int m, int ef) { return std::round(rows * hnsw_visited_ratio(rows, m, ef)); };
  CHECK(tuples(1e4, 16, 40) == 547);
  CHECK(tuples(1e5, 16, 40) == 687);
  CHECK(tuples(1e6, 16, 40) == 812);
  CHECK(tuples(1e7, 16, 40) == 953);
  CHECK(tuples(1e6, 16, 200) == 2849);
  CHECK(tuples(1e6, 32, 100) == 2599);
  CHECK(hnsw_visited_ratio(10, 16, 40) == 1);
  CHECK(hnsw_visited_ratio(0, 16, 40) == 1);
  // A million rows of 4 kB in the index.
  const VectorQuery million{.rows = 1e6, .heap_pages = 1e6, .index_pages = 500001};
  const Cost cost = hnsw_index_cost(million, 16, 40);
  CHECK(cost.startup == Approx(1630.4).margin(0.05).epsilon(0));
  CHECK(cost.total == 2007504);
}

TEST_CASE("what no planner could be asked is refused") {
  VectorQuery query = small;
  query.selectivity = 0;
  CHECK_THROWS_AS(hnsw_index_cost(query, 16, 40), std::invalid_argument);
  CHECK_THROWS_AS(hnsw_visited_ratio(1000, 16, 0), std::invalid_argument);
  CHECK_THROWS_AS(ivfflat_visited_ratio(0, 1), std::invalid_argument);
}
