#pragma once
// What a vector index costs while its table lives: an insert, an update, a vacuum, in buffers touched, pages changed
// and WAL. Source: pgvector 0.8.0 src/hnswinsert.c, hnswvacuum.c, ivfinsert.c, ivfvacuum.c; PostgreSQL 15
// access/transam/generic_xlog.c, xloginsert.c (full-page images). The shares that depend on the data were counted on
// PostgreSQL 15.20 with 20,000 clustered vectors of 128 to 768 dimensions, m 8 and 16, ef_construction 64 (pg_waldump,
// EXPLAIN BUFFERS).
// Limits: the index alone, without the table's own work; one writer; full_page_writes on, no WAL compression.
// A value outside its domain throws std::invalid_argument naming the parameter.

#include "core/estimate.h"
#include "models/index/hnsw_layout.h"
#include "models/index/ivfflat_layout.h"

namespace capplan::models {

/// An HNSW index that is written to.
struct LivingHnsw {
  HnswShape shape;
  int ef_construction = 64;
  /// Elements that a search with ef_construction evaluates, where a fitted law knows; 0 takes pgvector's own estimate
  /// (hnsw_visited_ratio), which real data undercut by 60 % or exceed by as much.
  double search_evaluations = 0;
};

/// One row added to an index.
struct IndexInsert {
  core::Estimate buffers;        ///< shared buffers touched, hit or read
  core::Estimate distances;      ///< computed
  core::Estimate changed_pages;  ///< page changes, a WAL record each; one page may change more than once
  core::Estimate wal_bytes;      ///< in the long run after a checkpoint, when pages were logged whole already
  core::Estimate
      first_wal_bytes;          ///< right after a checkpoint: each changed page whole; `hi` is every neighbour's page
  double page_image_bytes = 0;  ///< of one page logged whole: what is used of it
};

/// HNSW: a search with ef_construction, the element and its neighbours written, and each of its 2 m neighbours (m a
/// layer above) read with all that these know; 62 % of them take the new element in (50 to 75 %).
IndexInsert hnsw_insert(const LivingHnsw& index);

/// IVFFlat: every centre read, the entry appended to the nearest list; a full page is followed by a new one.
IndexInsert ivfflat_insert(const IvfflatShape& index);

/// Index inserts that a load makes, in the unit of its rates: every insert, and every update that is not heap-only. An
/// update of the vector, or of any indexed column, never is. `hot_share` is 0 to 1.
double index_inserts(double inserts, double updates, double hot_share);

/// WAL of `inserts` (0 or more) since a checkpoint over an index of `pages`: the long-run bytes, and an image for each
/// page when it first changes, pages x (1 - e^(-changes / pages)) of them.
core::Estimate wal_since_checkpoint(const IndexInsert& insert, double pages, double inserts);

/// One VACUUM.
struct IndexVacuum {
  int passes = 0;                ///< over all pages
  core::Estimate repaired;       ///< elements searched for anew, since a neighbour of theirs is gone
  core::Estimate buffers;        ///< shared buffers touched, hit or read
  core::Estimate changed_pages;  ///< page changes, a WAL record each
  core::Estimate wal_bytes;      ///< `value` and `hi` right after a checkpoint, `lo` with pages that were logged before
};

/// HNSW: dead TIDs removed, every element with a dead neighbour repaired, dead elements marked: 3 passes up to pgvector
/// 0.8.2, 4 from 0.8.3 (the repair is confirmed). An element stays whole with (1 - dead share)^(2 m + m / (m - 1)). A
/// repair touches 60 % of an insert's buffers (50 to 75 %). `dead_rows` is 0 to shape.rows, rows before the vacuum.
/// Reports advise REINDEX CONCURRENTLY first where much is dead: compare hnsw_build.
IndexVacuum hnsw_vacuum(const LivingHnsw& index, double dead_rows, int passes = 3);

/// IVFFlat: one pass, entries taken out, nothing to repair.
IndexVacuum ivfflat_vacuum(const IvfflatShape& index, double dead_rows);

}  // namespace capplan::models
