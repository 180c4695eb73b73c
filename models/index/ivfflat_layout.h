#pragma once
// How large an IVFFlat index is, to the page, and whether k-means is allowed to run. Source: pgvector 0.8.0
// src/ivfbuild.c (CreateListPages, InsertTuples, ComputeCenters), src/ivfkmeans.c (ElkanKmeans: memory), src/ivfflat.h.
// Limits: an index as CREATE INDEX leaves it; pages of 8 kB; 64-bit machines. A list has pages of its own, so each list
// leaves part of its last page empty. A value outside its domain throws std::invalid_argument naming the parameter.

#include <cstdint>
#include <string>

#include "core/estimate.h"
#include "models/index/vector_type.h"

namespace capplan::models {

/// An IVFFlat index over `rows` vectors.
struct IvfflatShape {
  double rows = 0;       ///< indexed rows, 0 or more
  VectorColumn column;   ///< vector, halfvec or bit
  int lists = 100;       ///< 1 to 32,768
  double list_cv = 0.5;  ///< standard deviation of the list sizes over their mean, 0 or more
};

struct IvfflatLayout {
  int entry_bytes = 0;  ///< of one row's index tuple
  int entries_per_page = 0;
  int centers_per_page = 0;
  double list_pages = 0;      ///< pages of centres, which every search reads
  double pages_per_list = 0;  ///< pages of entries of a list, in the mean over lists
  core::Estimate pages;       ///< of the whole index, metapage included: relpages
  core::Estimate bytes;       ///< pages x 8 kB: pg_relation_size
};

/// The expected size over list sizes that vary by `list_cv` (a negative binomial law), with 95 % limits of chance.
/// Lists far longer than a page leave (entries per page - 1) / 2 entries' room each; short ones have a page at least.
IvfflatLayout ivfflat_layout(const IvfflatShape& shape);

/// What k-means takes before the rows are assigned.
struct IvfflatKmeans {
  double samples = 0;  ///< rows sampled: 50 for each list, 10,000 at least, no more than there are
  double bytes = 0;    ///< memory that is checked against maintenance_work_mem
  bool fits = false;
  std::string error;   ///< PostgreSQL's message (SQLSTATE 54000) if it does not fit, else empty
  std::string notice;  ///< "ivfflat index created with little data" if there are fewer rows than lists, else empty
};

/// `maintenance_work_mem` in bytes, above 0. The whole is checked before anything is allocated, so a build either has
/// room or ends at once.
IvfflatKmeans ivfflat_kmeans(const IvfflatShape& shape, double maintenance_work_mem);

}  // namespace capplan::models
