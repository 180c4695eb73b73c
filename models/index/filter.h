#pragma once
// What a WHERE clause does to a vector search: rows that come back, elements that are visited, time and recall.
// Sources: pgvector 0.8.0 README (Filtering, Iterative Index Scans), src/hnswscan.c (hnswgettuple, ResumeScanItems),
// src/ivfscan.c (ivfflatgettuple), test/t/043_hnsw_iterative_scan.pl; the two figures that source code does not give were
// chosen on the published recalls of 1 M embeddings under filters of 10 % and 1 % (paradedb PR 5490), see filter.cpp.
// Limits: the filter says nothing about the distance: where it does, a search finds fewer or more than told here.
// strict_order leaves out rows that come out of order; how many was never published, so none are counted.

#include <cstdint>

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
  double rows_returned = 0;   ///< expected, at most the limit
  double tuples_visited = 0;  ///< elements of HNSW whose distance is computed, entries of IVFFlat
  double cost = 1;            ///< factor on pages and time
  double recall_width = 0;    ///< ef_search or probes that would find as much without a filter
  bool ended_early = false;   ///< an iterative scan met its limit before it had the rows
};

/// A post-filtered search of HNSW over `rows`: `visited` elements are computed by its first pass with ef_search.
/// Partial indexes and partitions hold what passes: search those without a filter.
FilteredSearch filtered_hnsw(double rows, int m, int ef_search, int limit, double visited, const Filter& filter,
                             const ScanLimits& limits = {});

/// A post-filtered search of IVFFlat over `rows` in `lists`.
FilteredSearch filtered_ivfflat(double rows, int lists, int probes, int max_probes, int limit, const Filter& filter);

/// Rows of an exact search that come back: the limit, where as many pass.
FilteredSearch filtered_flat(double rows, int limit, const Filter& filter);

/// Bytes that an iterative scan of HNSW holds for each element it visited.
inline constexpr double scan_bytes_per_tuple = 200;

/// Mean of min(limit, X), X binomial over `candidates` that each pass with probability `selectivity`.
double expected_rows(double candidates, double selectivity, int limit);

}  // namespace capplan::models
