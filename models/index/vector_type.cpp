// Sizes of vector values and of the rows that hold them; sources and limits in vector_type.h. A TOAST table is packed
// over a sample of rows: chunks go to the last page that was written, or start a new one.

#include "models/index/vector_type.h"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace capplan::models {
namespace {

constexpr int line_pointer = 4;
constexpr int page_header = 24;
constexpr int usable = page_bytes - page_header;
constexpr int row_header = 24;         // 23 bytes and the padding before the first column; no null among the columns
constexpr int toast_threshold = 2032;  // TOAST_TUPLE_THRESHOLD: a quarter of a page
constexpr int toast_pointer = 18;
constexpr int toast_chunk = 1996;  // TOAST_MAX_CHUNK_SIZE
constexpr int chunk_columns = 8;   // chunk_id, chunk_seq

// The TOAST index has tuples of 16 bytes. Keys grow, so leaves are filled to 90 %, inner pages to 70 %, the root
// wholly.
constexpr double index_usable = usable - 16;
constexpr double index_tuple = 16 + line_pointer;
const double leaf_entries = std::floor(0.9 * index_usable / index_tuple);
const double inner_entries = std::floor(0.7 * index_usable / index_tuple);
const double root_entries = std::floor(index_usable / index_tuple);

void require(bool holds, const char* complaint) {
  if (!holds) throw std::invalid_argument(complaint);
}

/// A varlena of `bytes` with its long header, as packed into a tuple.
int packed(int bytes) { return bytes - 3 <= 127 ? bytes - 3 : bytes; }

/// Where a value starts that is placed after `offset` bytes: long values are aligned to 4, short ones are not.
int placed(int offset, int bytes) { return packed(bytes) == bytes ? (offset + 3) / 4 * 4 : offset; }

/// Pages an index lookup reads: the leaf and what is above it, without the metapage, which backends remember.
double index_levels(double entries) {
  double pages = std::ceil(entries / leaf_entries);
  double levels = 1;
  while (pages > root_entries) {
    pages = std::ceil(pages / inner_entries);
    ++levels;
  }
  return pages > 1 ? levels + 1 : levels;
}

void add_toast(HeapLayout& heap, double rows, int bytes) {
  std::vector<int> chunks;  // bytes that each chunk of a value takes on a page
  for (int left = bytes - 4; left > 0; left -= toast_chunk) {
    const int data = std::min(left, toast_chunk) + 4;
    chunks.push_back(static_cast<int>(aligned8(row_header + chunk_columns + packed(data))) + line_pointer);
  }

  constexpr int sample = 1000;
  int pages = 0, reads = 0, room = 0;
  for (int row = 0; row < sample; ++row) {
    bool first = true;
    for (const int chunk : chunks) {
      const bool turned = chunk > room;
      if (turned) {
        ++pages;
        room = usable;
      }
      room -= chunk;
      if (first || turned) ++reads;
      first = false;
    }
  }
  heap.toast_pages = std::ceil(rows * pages / sample);
  heap.toast_row_reads = index_levels(rows * static_cast<double>(chunks.size())) + static_cast<double>(reads) / sample;
}

}  // namespace

const char* type_name(VectorType type) {
  switch (type) {
    case VectorType::vector:
      return "vector";
    case VectorType::halfvec:
      return "halfvec";
    case VectorType::bit:
      return "bit";
    case VectorType::sparsevec:
      return "sparsevec";
  }
  throw std::invalid_argument("type: not a vector type");
}

int value_bytes(const VectorColumn& column) {
  require(column.dimensions >= 1, "dimensions: must be 1 or more");
  switch (column.type) {
    case VectorType::vector:
      return 8 + 4 * column.dimensions;
    case VectorType::halfvec:
      return 8 + 2 * column.dimensions;
    case VectorType::bit:
      return 8 + (column.dimensions + 7) / 8;
    case VectorType::sparsevec:
      require(column.non_zeros >= 0 && column.non_zeros <= column.dimensions, "non_zeros: must be 0 to dimensions");
      return 16 + 8 * column.non_zeros;
  }
  throw std::invalid_argument("type: not a vector type");
}

int packed_value_bytes(const VectorColumn& column) { return packed(value_bytes(column)); }

std::string index_refusal(IndexMethod method, const VectorColumn& column) {
  const std::string access_method = method == IndexMethod::hnsw ? "hnsw" : "ivfflat";
  if (column.type == VectorType::sparsevec) {
    if (method == IndexMethod::ivfflat)
      return "operator class \"sparsevec_l2_ops\" does not exist for access method \"ivfflat\"";
    if (column.non_zeros > 1000) return "sparsevec cannot have more than 1000 non-zero elements for hnsw index";
    return "";
  }
  const int most = column.type == VectorType::vector ? 2000 : column.type == VectorType::halfvec ? 4000 : 64000;
  if (column.dimensions <= most) return "";
  return "column cannot have more than " + std::to_string(most) + " dimensions for " + access_method + " index";
}

HeapLayout heap_layout(double rows, const VectorColumn& column, int other_bytes) {
  require(rows >= 0, "rows: must be 0 or more");
  require(other_bytes >= 0, "other_bytes: must be 0 or more");
  const int bytes = value_bytes(column);
  HeapLayout heap;
  heap.tuple_bytes = placed(row_header + other_bytes, bytes) + packed(bytes);
  heap.toasted = heap.tuple_bytes > toast_threshold;
  if (heap.toasted) heap.tuple_bytes = row_header + other_bytes + toast_pointer;
  heap.rows_per_page = static_cast<int>(usable / (aligned8(heap.tuple_bytes) + line_pointer));
  require(heap.rows_per_page >= 1, "other_bytes: a row must fit on a page of 8 kB");
  heap.pages = std::ceil(rows / heap.rows_per_page);
  if (heap.toasted && rows > 0) add_toast(heap, rows, bytes);
  return heap;
}

double exact_search_pages(double rows, const HeapLayout& heap) { return heap.pages + rows * heap.toast_row_reads; }

}  // namespace capplan::models
