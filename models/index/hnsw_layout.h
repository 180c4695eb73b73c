#pragma once
// How large an HNSW index is, to the page, and how much of it a build holds in memory. Source: pgvector 0.8.0
// src/hnswbuild.c (CreateGraphPages, InsertTuple, HnswBeginParallel), src/hnsw.h (tuple and structure sizes),
// src/hnswutils.c (HnswInitElement: the law of levels); PostgreSQL 15 utils/mmgr/generation.c (what memory is counted).
// Limits: an index as CREATE INDEX leaves it, before inserts and vacuum; pages of 8 kB; 64-bit machines. Every element
// and its neighbours lie on one page if they fit one, and are never split: so sizes move in steps of rows per page.
// A value outside its domain throws std::invalid_argument naming the parameter.

#include "core/estimate.h"
#include "models/index/vector_type.h"

namespace capplan::models {

/// An HNSW index over `rows` vectors.
struct HnswShape {
  double rows = 0;  ///< indexed rows, 0 or more
  VectorColumn column;
  int m = 16;                   ///< 2 to 100
  double rows_per_element = 1;  ///< equal vectors share an element, 1 to 10 (its room for heap TIDs)
};

struct HnswLayout {
  int element_bytes = 0;   ///< of an element tuple
  int neighbor_bytes = 0;  ///< of the neighbour tuple of an element on layer 0 only; 6 m more for each layer above
  int max_level = 0;       ///< where the law of levels is cut
  double elements = 0;
  double elements_per_page = 0;  ///< in the mean; below 1 where neighbours need a page of their own
  core::Estimate pages;          ///< of the whole index, metapage included: relpages
  core::Estimate bytes;          ///< pages x 8 kB: pg_relation_size
};

/// The expected size over the law of levels, P(level >= l) = m^-l, with 95 % limits of what chance adds: a page is
/// closed by the first element that does not fit, and what is left on it is lost.
HnswLayout hnsw_layout(const HnswShape& shape);

/// What CREATE INDEX needs of maintenance_work_mem to build the graph in memory.
struct HnswBuildMemory {
  double row_bytes = 0;       ///< mean memory per row; equal vectors take it too, they are found after the allocation
  double rows_in_memory = 0;  ///< rows after which "hnsw graph no longer fits into maintenance_work_mem"
  bool fits = false;          ///< all of the shape's rows are built in memory
  core::Estimate
      needed_bytes;  ///< maintenance_work_mem for all rows; `hi` allows for what reports saw above the formula
};

/// `maintenance_work_mem` in bytes, above 0. `workers` 0 is a serial build, whose memory PostgreSQL counts in blocks of
/// 1 MB with a header of 24 bytes a chunk (8 from version 16 on); with workers the graph lies in shared memory without
/// headers, of which 4 MB are kept free. `server_version` is the major version, 13 or more.
HnswBuildMemory hnsw_build_memory(const HnswShape& shape, double maintenance_work_mem, int workers,
                                  int server_version = 15);

}  // namespace capplan::models
