#pragma once
// The vector types of pgvector: what a value takes in an index and in a table, and what an index refuses. Sources:
// pgvector 0.8.0 src/vector.h, halfvec.h, sparsevec.h, hnswutils.c, ivfutils.c (limits), sql/vector.sql (storage
// EXTERNAL); PostgreSQL 15 access/common/heaptuple.c, access/heap/heaptoast.c, access/htup_details.h (rows and TOAST).
// Limits: pages of 8 kB, 64-bit alignment, fillfactor 100, a table written once and without holes, values that do not
// compress. A value outside its domain throws std::invalid_argument naming the parameter.

#include <cstdint>
#include <string>

namespace capplan::models {

inline constexpr int page_bytes = 8192;

/// Rounded up to the 8 bytes at which PostgreSQL places tuples (MAXALIGN).
constexpr std::int64_t aligned8(std::int64_t bytes) { return (bytes + 7) / 8 * 8; }

enum class VectorType : std::uint8_t { vector, halfvec, bit, sparsevec };
enum class IndexMethod : std::uint8_t { hnsw, ivfflat };

/// An indexed column, as in vector(384).
struct VectorColumn {
  VectorType type = VectorType::vector;
  int dimensions = 0;  ///< 1 or more
  int non_zeros = 0;   ///< of a mean value; read for sparsevec only, 0 to `dimensions`
};

/// "vector", "halfvec", "bit", "sparsevec": the type's name in SQL.
const char* type_name(VectorType type);

/// Bytes of one value with its header, uncompressed: vector 8 + 4 d, halfvec 8 + 2 d, bit 8 + d / 8, sparsevec
/// 16 + 8 nnz. This is what distances read, and what an HNSW element holds.
int value_bytes(const VectorColumn& column);

/// The same within a row or an index tuple, where a value of up to 126 bytes gets a short header (3 bytes less).
int packed_value_bytes(const VectorColumn& column);

/// What CREATE INDEX (or for sparsevec the first value that is too long) answers, in PostgreSQL's words; empty if the
/// index can be built. Limits: vector 2,000, halfvec 4,000, bit 64,000 dimensions; sparsevec 1,000 non-zeros, HNSW
/// only.
std::string index_refusal(IndexMethod method, const VectorColumn& column);

/// The table that holds the vectors.
struct HeapLayout {
  bool toasted = false;  ///< the vector is stored out of line, as a pointer of 18 bytes
  int tuple_bytes = 0;   ///< of one row in the heap, header included, line pointer not
  int rows_per_page = 0;
  double pages = 0;            ///< of the heap alone: relpages, which is all that the planner counts
  double toast_pages = 0;      ///< of the TOAST table, without its index
  double toast_row_reads = 0;  ///< buffers touched to fetch one vector out of line: index levels and chunk pages
};

/// `rows` (0 or more) of one vector and `other_bytes` (0 or more) of further columns that stay in line: values and
/// their padding, without the row header. The default is one integer key. A row of more than 2,032 bytes has its vector
/// moved out in chunks of 1,996 bytes.
HeapLayout heap_layout(double rows, const VectorColumn& column, int other_bytes = 4);

/// Buffers that an exact search touches: every heap page, and for vectors out of line their TOAST pages row by row.
double exact_search_pages(double rows, const HeapLayout& heap);

}  // namespace capplan::models
