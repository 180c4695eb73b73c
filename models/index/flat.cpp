// A table of vectors without an index: every search reads all of it. Source: pgvector 0.8.0 README (exact search);
// PostgreSQL 15 executor/nodeSeqscan.c, nodeSort.c.

#include "models/index/index_section.h"

namespace capplan::models {

namespace {

void check(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  check_column(params, path, IndexKind::flat, problems);
}

}  // namespace

Spec flat_index() {
  std::vector<Param> params = table_params({"vector", "halfvec", "bit", "sparsevec"});
  for (const Param& param : growth_params()) params.push_back(param);
  return {.section = "index",
          .kind = "flat",
          .help = "no index: exact search, which finds every neighbour and reads every row",
          .source = "pgvector 0.8.0 README; PostgreSQL 15 executor/nodeSeqscan.c",
          .validity = "one process does the work: parallel workers shorten a search that is alone, and cost as much",
          .params = std::move(params),
          .check = check};
}

}  // namespace capplan::models
