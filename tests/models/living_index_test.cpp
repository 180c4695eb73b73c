// Inserts into and vacuums of vector indexes beside the arithmetic of pgvector's source, and beside what pg_waldump and
// EXPLAIN (BUFFERS) counted on PostgreSQL 15.20 with pgvector 0.8.0.

#include "models/index/living_index.h"

#include <cmath>
#include <stdexcept>

#include "models/index/planner_cost.h"
#include "tests/support/catch.h"

using namespace capplan::models;
using capplan::core::Estimate;

namespace {

LivingHnsw hnsw(double rows, int dimensions, int m = 16) {
  return {{rows, {VectorType::vector, dimensions, 0}, m, 1}, 64, 0};
}
IvfflatShape ivfflat(double rows, int dimensions, int lists) {
  return {rows, {VectorType::vector, dimensions, 0}, lists, 0.5};
}

void holds(const Estimate& estimate, double measured, double within) {
  CHECK(estimate.value == Approx(measured).epsilon(within));
  CHECK(estimate.lo <= measured);
  CHECK(estimate.hi >= measured);
}

}  // namespace

TEST_CASE("an HNSW insert logs its element, and a small record for each neighbour that takes it in") {
  // Records and bytes an insert once all pages had been logged, from 1,000 inserts each.
  holds(hnsw_insert(hnsw(19e3, 384)).changed_pages, 21.4, 0.05);
  holds(hnsw_insert(hnsw(19e3, 384)).wal_bytes, 2927, 0.02);
  holds(hnsw_insert(hnsw(19e3, 128)).wal_bytes, 1900, 0.02);
  holds(hnsw_insert(hnsw(19e3, 384, 8)).changed_pages, 11.8, 0.05);
  holds(hnsw_insert(hnsw(19e3, 384, 8)).wal_bytes, 2344, 0.02);
  holds(hnsw_insert(hnsw(9e3, 768)).wal_bytes, 4355, 0.05);
}

TEST_CASE("an HNSW insert right after a checkpoint logs whole pages") {
  // At worst the element's page and 32 neighbours' pages of 8 kB, and a neighbour in 16 layers' worth above.
  const IndexInsert insert = hnsw_insert(hnsw(1e6, 384));
  CHECK(insert.first_wal_bytes.hi >= 33 * 8192);
  CHECK(insert.first_wal_bytes.hi < 35 * 8192);
  CHECK(insert.first_wal_bytes.value > 20 * insert.page_image_bytes);
  // Pages of 4 rows were logged with 7,210 bytes each, full ones of 128 dimensions with 7,861.
  CHECK(insert.page_image_bytes == Approx(7210).epsilon(0.03));
  CHECK(hnsw_insert(hnsw(1e6, 128)).page_image_bytes == Approx(7861).epsilon(0.03));
}

TEST_CASE("full-page images fade as pages have been logged") {
  // Bytes of index WAL after a checkpoint over 4,501 pages: 200 inserts, then 1,000 in all. At first neighbours share
  // pages more often than chance has it: fewer images by a tenth.
  const IndexInsert insert = hnsw_insert(hnsw(18e3, 384));
  holds(wal_since_checkpoint(insert, 4501, 200), 19470286, 0.08);
  holds(wal_since_checkpoint(insert, 4501, 1000), 19470286 + 15859044, 0.05);
  holds(wal_since_checkpoint(hnsw_insert(hnsw(18e3, 384, 8)), 4501, 200), 11691841, 0.13);
  holds(wal_since_checkpoint(hnsw_insert(hnsw(18e3, 128)), 1829, 200), 13059890, 0.05);
  CHECK(wal_since_checkpoint(insert, 4501, 0).value == 0);
  // In the long run every page once, and the records.
  const Estimate later = wal_since_checkpoint(insert, 4501, 1e6);
  CHECK(later.value == Approx(1e6 * insert.wal_bytes.value + 4501 * insert.page_image_bytes));
}

TEST_CASE("an HNSW insert touches its search, and all that its neighbours know") {
  // 1,546 and 723 buffers an insert were counted where searches evaluate about half of pgvector's estimate.
  const IndexInsert wide = hnsw_insert(hnsw(19e3, 384));
  CHECK(wide.buffers.lo <= 1546);
  CHECK(wide.buffers.hi >= 1546);
  const IndexInsert narrow = hnsw_insert(hnsw(19e3, 384, 8));
  CHECK(narrow.buffers.lo <= 723);
  CHECK(narrow.buffers.hi >= 723);
  LivingHnsw known = hnsw(19e3, 384);
  known.search_evaluations = 370;
  CHECK(hnsw_insert(known).buffers.value == Approx(1546).epsilon(0.03));
  CHECK(hnsw_insert(known).distances.value == Approx(370 + 32 * 32 + 17).epsilon(0.01));
  // Its own estimate is the planner's.
  const double estimate = 19e3 * hnsw_visited_ratio(19e3, 16, 64);
  CHECK(wide.distances.value - (32 * 32 + 256 / 15.0) == Approx(estimate));
}

TEST_CASE("an IVFFlat insert reads the centres and logs its entry") {
  // 1,500 inserts each: 1,638 bytes a row of 384 dimensions, 3,207 of 768.
  const IndexInsert insert = ivfflat_insert(ivfflat(18500, 384, 100));
  CHECK(insert.wal_bytes.value == Approx(1638).epsilon(0.01));
  CHECK(insert.changed_pages.value == Approx(2109 / 1500.0).epsilon(0.02));
  CHECK(insert.buffers.value == 22.4);  // metapage, 20 pages of centres, the entry's page, 2 for each fifth row
  CHECK(insert.distances.value == 100);
  CHECK(ivfflat_insert(ivfflat(18500, 768, 100)).wal_bytes.value == Approx(3207).epsilon(0.01));
  CHECK(insert.first_wal_bytes.hi > insert.first_wal_bytes.value);
}

TEST_CASE("updates insert unless they are heap-only") {
  CHECK(index_inserts(10, 100, 0) == 110);
  CHECK(index_inserts(10, 100, 0.9) == Approx(20));
  CHECK_THROWS_AS(index_inserts(10, 100, 1.5), std::invalid_argument);
}

TEST_CASE("an HNSW vacuum repairs whoever knew a dead element") {
  // 20,000 rows. Counted: WAL bytes of the index, all of it after a checkpoint, and buffers of the whole command.
  const IndexVacuum few = hnsw_vacuum(hnsw(20e3, 384), 400);
  CHECK(few.passes == 3);
  CHECK(few.repaired.value == Approx(19600 * (1 - std::pow(0.98, 32 + 16 / 15.0))));
  holds(few.wal_bytes, 38334997, 0.05);
  CHECK(few.changed_pages.value == Approx(24278).epsilon(0.05));
  CHECK(few.buffers.lo <= 7082840);
  CHECK(few.buffers.hi >= 7082840);

  const IndexVacuum many = hnsw_vacuum(hnsw(20e3, 384), 2000);
  CHECK(many.repaired.value > 0.95 * 18000);
  holds(many.wal_bytes, 45895307, 0.1);
  CHECK(many.buffers.lo <= 13429397);
  CHECK(many.buffers.hi >= 13429397);
  CHECK(many.changed_pages.hi >= 79715);

  const IndexVacuum narrow = hnsw_vacuum(hnsw(20e3, 384, 8), 400);
  holds(narrow.wal_bytes, 31355102, 0.12);
  CHECK(narrow.buffers.lo <= 2695355);
  CHECK(narrow.buffers.hi >= 2695355);
}

TEST_CASE("a pass more confirms the repair") {
  const IndexVacuum three = hnsw_vacuum(hnsw(20e3, 384), 400, 3);
  const IndexVacuum four = hnsw_vacuum(hnsw(20e3, 384), 400, 4);
  CHECK(four.buffers.value - three.buffers.value == 5001);
  CHECK_THROWS_AS(hnsw_vacuum(hnsw(20e3, 384), 400, 2), std::invalid_argument);
}

TEST_CASE("nothing dead leaves passes alone, and everything dead leaves nothing to repair") {
  const IndexVacuum none = hnsw_vacuum(hnsw(20e3, 384), 0);
  CHECK(none.repaired.value == 0);
  CHECK(none.wal_bytes.value == 0);
  CHECK(none.buffers.value == 3 * 5001 + 20000);
  CHECK(hnsw_vacuum(hnsw(20e3, 384), 20e3).repaired.hi == 0);
  CHECK(hnsw_vacuum(hnsw(0, 384), 0).buffers.value == 6);
  CHECK_THROWS_AS(hnsw_vacuum(hnsw(20e3, 384), 20001), std::invalid_argument);
}

TEST_CASE("rows that share an element must all die before it does") {
  LivingHnsw shared = hnsw(20e3, 384);
  shared.shape.rows_per_element = 2;
  CHECK(hnsw_vacuum(shared, 2000).repaired.value < 0.4 * hnsw_vacuum(hnsw(10e3, 384), 1000).repaired.value);
}

TEST_CASE("an IVFFlat vacuum is one pass, far cheaper than HNSW's") {
  // 20,000 rows of 384 dimensions, 400 dead: 470 records and 2.51 MB right after a checkpoint.
  const IndexVacuum vacuum = ivfflat_vacuum(ivfflat(20e3, 384, 100), 400);
  CHECK(vacuum.passes == 1);
  holds(vacuum.changed_pages, 470, 0.08);
  CHECK(vacuum.wal_bytes.lo <= 2509938);
  CHECK(vacuum.wal_bytes.hi >= 2509938);
  CHECK(vacuum.buffers.value < 0.001 * hnsw_vacuum(hnsw(20e3, 384), 400).buffers.value);
  CHECK(ivfflat_vacuum(ivfflat(20e3, 384, 100), 0).changed_pages.value == 0);
  CHECK_THROWS_AS(ivfflat_vacuum(ivfflat(20e3, 384, 100), 20001), std::invalid_argument);
}
