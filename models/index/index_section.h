#pragma once
// A section [index.NAME] as the rest of models/index reads it: the table with its vectors, the index over it, how it is
// searched. The three kinds share what is said of the table; hnsw.cpp, ivfflat.cpp and flat.cpp say the rest.

#include <memory>
#include <string>
#include <vector>

#include "models/index/filter.h"
#include "models/index/index_costs.h"
#include "models/index/search_cost.h"
#include "models/spec/spec.h"

namespace capplan::models {

/// An index as its section states it, before any growth.
struct IndexSettings {
  std::string path;  ///< "index.chunks"
  std::string name;  ///< "chunks"
  core::Position where;
  IndexKind kind = IndexKind::hnsw;
  double rows = 0;
  VectorColumn column;
  int m = 16;
  int ef_construction = 64;
  int lists = 100;
  int search_param = 40;  ///< hnsw.ef_search or ivfflat.probes; 0 for flat
  IterativeScan iterative_scan = IterativeScan::off;
  double max_scan_tuples = 20'000;
  double scan_mem_multiplier = 1;
  int max_probes = 32'768;
  int row_bytes = 4;    ///< of the row's other columns
  double growth = 0;    ///< of rows a month, as a share
  std::string as_of{};  ///< "2026-01-31", when `rows` was right; empty: not known
  std::shared_ptr<const IndexCosts> costs;

  /// The index over so many rows.
  VectorIndex sized_at(double rows_then) const;
  VectorIndex sized_now() const { return sized_at(rows); }
  /// Rows after a number of months.
  double rows_after(double months) const;
};

/// Bytes of the index (of the table for flat), with 95 % limits of chance.
core::Estimate index_bytes(const IndexSettings& index);

/// Reads a section of the kind "hnsw", "ivfflat" or "flat".
IndexSettings index_settings(const Section& section);

/// Every index of a scenario, in its order.
std::vector<IndexSettings> index_settings(const std::vector<Section>& sections);

/// The parameters about the table: rows, dimensions, type, non_zeros, row_bytes. `types` are those that the kind takes.
std::vector<Param> table_params(const std::vector<std::string>& types);

/// The parameters about time and law: growth, as_of, law.
std::vector<Param> growth_params();

/// Of what ends an iterative scan: the index has none.
const char* without_iterative_scan(const Placed& index);
/// Of how an index is searched: no query does.
const char* without_search_of_it(const Placed& index);

/// Refuses, at its key, what CREATE INDEX would refuse of the column, in PostgreSQL's words; and an `as_of` that is no
/// date. `method` is read for indexes only.
void check_column(const Params& params, const std::string& path, IndexKind kind, std::vector<core::Problem>& problems);

}  // namespace capplan::models
