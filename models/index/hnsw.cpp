// An HNSW index of pgvector, as a section of a scenario: options, settings of its searches, the table beneath.
// Source: pgvector 0.8.0 src/hnsw.h, src/hnsw.c (HnswInit: ranges and defaults), src/hnswutils.c (limits of types).

#include "models/index/index_section.h"

namespace capplan::models {

namespace {

void check(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  check_column(params, path, IndexKind::hnsw, problems);
  if (params.count("ef_construction") < 2 * params.count("m"))
    problems.push_back({find(params.values(), "ef_construction")->where, path + ".ef_construction",
                        "PostgreSQL refuses: ef_construction must be greater than or equal to 2 * m",
                        "ef_construction = " + std::to_string(2 * params.count("m")) + " or more"});
}

}  // namespace

Spec hnsw_index() {
  std::vector<Param> params = table_params({"vector", "halfvec", "bit", "sparsevec"});
  const std::string defaults = "pgvector 0.8.0 defaults";
  const std::vector<Param> own = {
      {.name = "m",
       .type = Type::count,
       .fallback = "16",
       .help = "neighbours of an element on each layer",
       .source = defaults,
       .lo = 2,
       .hi = 100},
      {.name = "ef_construction",
       .type = Type::count,
       .fallback = "64",
       .help = "candidates looked at for each element built in; 2 m or more",
       .source = defaults,
       .lo = 4,
       .hi = 1000},
      {.name = "ef_search",
       .type = Type::count,
       .fallback = "40",
       .help = "hnsw.ef_search: candidates that a search keeps, and the most rows it returns",
       .source = defaults,
       .lo = 1,
       .hi = 1000,
       .idle = without_search_of_it},
      {.name = "iterative_scan",
       .type = Type::choice,
       .fallback = "off",
       .help = "hnsw.iterative_scan: whether a search goes on when a filter leaves too few rows",
       .source = defaults,
       .choices = {"off", "relaxed_order", "strict_order"},
       .idle = without_search_of_it},
      {.name = "max_scan_tuples",
       .type = Type::count,
       .fallback = "20000",
       .help = "hnsw.max_scan_tuples: elements visited after which an iterative scan ends",
       .source = defaults,
       .lo = 1,
       .hi = 2'147'483'647,
       .idle = without_iterative_scan},
      {.name = "scan_mem_multiplier",
       .type = Type::number,
       .fallback = "1",
       .help = "hnsw.scan_mem_multiplier: memory of an iterative scan, times work_mem",
       .source = defaults,
       .lo = 1,
       .hi = 1000,
       .idle = without_iterative_scan},
  };
  params.insert(params.end(), own.begin(), own.end());
  for (const Param& param : growth_params()) params.push_back(param);
  return {.section = "index",
          .kind = "hnsw",
          .help = "a pgvector HNSW index: size, pages, time and recall of its searches, its build",
          .source = "pgvector 0.8.0 src/hnsw.c, hnswscan.c, hnswutils.c, hnswbuild.c",
          .validity =
              "the index as CREATE INDEX leaves it; searches by the law of docs/decisions/007-index-law.md, whose "
              "priors are wide until samples are fitted: capplan calibrate --index-samples",
          .params = std::move(params),
          .check = check};
}

}  // namespace capplan::models
