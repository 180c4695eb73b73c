#pragma once
// Samples of vector searches from plans: the output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), one plan after another,
// as psql prints it with -At or without; or a csvlog or jsonlog in which auto_explain wrote JSON. Plans do not say what
// index they used; that is said beside them:
//   hnsw,rows=50000,dimensions=384,m=16,ef_construction=64,ef_search=40
//   ivfflat,rows=1000000,dimensions=768,type=halfvec,lists=1000,probes=10,limit=100
// Of each plan the node that scans counts: its shared blocks, hit and read, and its time. All plans of a file make one
// sample of medians, or two where some were answered by a sequential scan. Of a log count the plans that scan an index
// in an order, without a filter; if they are of several indexes, name= says which. Limits: plans without parallel
// workers; the limit of a search is not looked for in a log;
// what a client waits for besides the scan (the loop, parsing) is not in them, so that it stays as the law has it.

#include <string>

#include "plan/fit/index_samples.h"

namespace capplan::plan {

/// What stands beside the plans: the index that they used, and the setting of its searches.
struct DescribedIndex {
  IndexSample sample;
  std::string name;  ///< of CREATE INDEX; empty: the only one that a log tells of
};

/// Throws core::InputError that names `flag`.
DescribedIndex parse_index_description(const std::string& text, const std::string& flag = "--index");

/// Reads a file, plain or gzip. Throws core::InputError with the number, or the line, of the first plan that says too
/// little.
IndexSampleFile read_index_plans(const std::string& path, const DescribedIndex& described);

}  // namespace capplan::plan
