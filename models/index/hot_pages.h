#pragma once
// Which of the pages that a search touches are never out of shared_buffers. Source: pgvector 0.8.0 src/ivfscan.c
// (GetScanLists): every search of IVFFlat reads all centres. Limits: an index that is searched all the time.

#include <algorithm>

#include "models/index/search_cost.h"

namespace capplan::models {

/// Of so many pages touched by a search, those that others need not have touched just before.
inline double cold_pages(const VectorIndex& index, Plan plan, double pages) {
  const bool centres = plan == Plan::index_scan && index.kind == IndexKind::ivfflat;
  return centres ? std::max(0.0, pages - 1 - index.list_layout.list_pages) : pages;
}

}  // namespace capplan::models
