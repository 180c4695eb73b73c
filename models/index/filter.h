#pragma once
// What a WHERE clause does to a vector search: rows that come back, elements that are visited, time and recall.
// Sources: pgvector 0.8.0 README (Filtering, Iterative Index Scans), src/hnswscan.c (hnswgettuple, ResumeScanItems),
// src/ivfscan.c (ivfflatgettuple), test/t/043_hnsw_iterative_scan.pl; what source code does not tell was measured on
// PostgreSQL 15.20 with 30,000 vectors of 96 dimensions, evenly spread and in 60 clusters, and stands in filter.cpp.
// Limits: the filter says nothing about the distance: where it does, a search finds fewer or more than told here.

#include <cstdint>
#include <functional>

#include "core/estimate.h"

namespace capplan::models {

enum class IterativeScan : std::uint8_t { off, relaxed_order, strict_order };

enum class FilterMethod : std::uint8_t {
  post,           ///< the index gives rows by distance, those that fail the filter are dropped
  partial_index,  ///< CREATE INDEX … WHERE filter: the index holds no others
  partition,      ///< the table is partitioned by it: the index and the table hold no others
};

/// A filter on a search.
struct Filter {
  double selectivity = 1;  ///< share of rows that pass, (0, 1]
  FilterMethod method = FilterMethod::post;
  IterativeScan iterative_scan = IterativeScan::off;
};

/// Where an iterative scan of HNSW ends.
struct ScanLimits {
  double max_scan_tuples = 20'000;
  double memory = 4.0 * 1024 * 1024;  ///< work_mem x hnsw.scan_mem_multiplier, bytes
};

/// What becomes of a filtered search. Factors are held against the same search without a filter.
struct FilteredSearch {
  double rows_returned = 0;     ///< expected, at most the limit
  double tuples_visited = 0;    ///< elements of HNSW whose distance is computed, entries of IVFFlat
  double cost = 1;              ///< factor on pages and time
  core::Estimate recall_width;  ///< ef_search or probes that would find as much without a filter
  double kept = 1;              ///< share of what is found that strict_order gives out
  bool ended_early = false;     ///< an iterative scan met its limit before it had the rows
};

/// Elements that a search of HNSW with an ef_search computes, which rise with it.
using VisitedBy = std::function<double(double ef_search)>;

/// A post-filtered search of HNSW over `rows`. An iterative scan that gives out so many rows visits what one search
/// with as large an ef_search visits, and fetches each of them. Partial indexes and partitions hold what passes: search
/// those without a filter.
FilteredSearch filtered_hnsw(double rows, int ef_search, int limit, const VisitedBy& visited, const Filter& filter,
                             const ScanLimits& limits = {});

/// A post-filtered search of IVFFlat over `rows` in `lists`.
FilteredSearch filtered_ivfflat(double rows, int lists, int probes, int max_probes, int limit, const Filter& filter);

/// Rows of an exact search that come back: the limit, where as many pass.
FilteredSearch filtered_flat(double rows, int limit, const Filter& filter);

/// Bytes that an iterative scan of HNSW holds for each element it visited: 230 to 290 were seen with m 16.
inline constexpr double scan_bytes_per_tuple = 260;

/// Mean of min(limit, X), X binomial over `candidates` that each pass with probability `selectivity`.
double expected_rows(double candidates, double selectivity, int limit);

}  // namespace capplan::models
