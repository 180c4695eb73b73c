// Sizes of vectors, what indexes refuse, and tables: beside pgvector's declarations, and tables of PostgreSQL 15.

#include "models/index/vector_type.h"

#include <stdexcept>

#include "tests/support/catch.h"

using namespace capplan::models;

namespace {

VectorColumn vectors(int dimensions) { return {VectorType::vector, dimensions, 0}; }

}  // namespace

TEST_CASE("a vector's bytes follow its type") {
  CHECK(value_bytes(vectors(1536)) == 6152);
  CHECK(value_bytes({VectorType::halfvec, 1536, 0}) == 3080);
  CHECK(value_bytes({VectorType::bit, 1001, 0}) == 134);
  CHECK(value_bytes({VectorType::sparsevec, 30000, 100}) == 816);
  CHECK_THROWS_AS(value_bytes(vectors(0)), std::invalid_argument);
  CHECK_THROWS_AS(value_bytes({VectorType::sparsevec, 10, 11}), std::invalid_argument);
}

TEST_CASE("a short vector is stored with a short header") {
  CHECK(packed_value_bytes(vectors(30)) == 125);
  CHECK(packed_value_bytes(vectors(31)) == 132);
}

TEST_CASE("an index refuses what is too long, in PostgreSQL's words") {
  CHECK(index_refusal(IndexMethod::hnsw, vectors(2000)).empty());
  CHECK(index_refusal(IndexMethod::hnsw, vectors(2001)) ==
        "column cannot have more than 2000 dimensions for hnsw index");
  CHECK(index_refusal(IndexMethod::ivfflat, vectors(3000)) ==
        "column cannot have more than 2000 dimensions for ivfflat index");
  CHECK(index_refusal(IndexMethod::hnsw, {VectorType::halfvec, 4000, 0}).empty());
  CHECK(index_refusal(IndexMethod::hnsw, {VectorType::halfvec, 5000, 0}) ==
        "column cannot have more than 4000 dimensions for hnsw index");
  CHECK(index_refusal(IndexMethod::ivfflat, {VectorType::bit, 70000, 0}) ==
        "column cannot have more than 64000 dimensions for ivfflat index");
  CHECK(index_refusal(IndexMethod::hnsw, {VectorType::sparsevec, 100000, 1000}).empty());
  CHECK(index_refusal(IndexMethod::hnsw, {VectorType::sparsevec, 100000, 1001}) ==
        "sparsevec cannot have more than 1000 non-zero elements for hnsw index");
  CHECK(index_refusal(IndexMethod::ivfflat, {VectorType::sparsevec, 100, 10}) ==
        "operator class \"sparsevec_l2_ops\" does not exist for access method \"ivfflat\"");
}

TEST_CASE("a table of an integer and a vector has the pages that PostgreSQL 15 gives it") {
  struct Row {
    double rows;
    int dimensions;
    double pages;
  };
  for (const Row& row : {Row{10000, 384, 2000},
                         {25000, 384, 5000},
                         {50000, 384, 10000},
                         {20000, 128, 1429},
                         {100000, 128, 7143},
                         {20000, 768, 128},
                         {2000000, 3, 12739}}) {
    CAPTURE(row.rows, row.dimensions);
    CHECK(heap_layout(row.rows, vectors(row.dimensions)).pages == row.pages);
  }
}

TEST_CASE("vectors go out of line where the row passes 2032 bytes") {
  CHECK_FALSE(heap_layout(1, vectors(499)).toasted);
  CHECK(heap_layout(1, vectors(499)).tuple_bytes == 2032);
  CHECK(heap_layout(1, vectors(500)).toasted);
  CHECK(heap_layout(1, vectors(499), 8).toasted);
}

TEST_CASE("an exact search through TOAST reads the index and the chunks of every row") {
  // Measured: 60,128 buffers, two levels of index and one page of chunks a row besides 128 heap pages.
  const HeapLayout heap = heap_layout(20000, vectors(768));
  CHECK(heap.toast_row_reads == 3);
  CHECK(exact_search_pages(20000, heap) == 60128);
  CHECK(heap.toast_pages == 10000);
  // A third level above 407 x 366 chunks.
  CHECK(heap_layout(80000, vectors(768)).toast_row_reads == 4);
  CHECK(exact_search_pages(10000, heap_layout(10000, vectors(384))) == 2000);
}

TEST_CASE("other columns make rows wider") {
  CHECK(heap_layout(1000, vectors(384)).rows_per_page == 5);
  CHECK(heap_layout(1000, vectors(384), 300).rows_per_page == 4);
  CHECK_THROWS_AS(heap_layout(1000, vectors(384), -1), std::invalid_argument);
  CHECK_THROWS_AS(heap_layout(1000, vectors(384), 9000), std::invalid_argument);
  CHECK_THROWS_AS(heap_layout(-1, vectors(384)), std::invalid_argument);
}
