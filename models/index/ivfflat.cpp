// An IVFFlat index of pgvector, as a section of a scenario: options, settings of its searches, the table beneath.
// Source: pgvector 0.8.0 src/ivfflat.h, src/ivfflat.c (IvfflatInit: ranges and defaults), src/ivfutils.c.

#include "models/index/index_section.h"

namespace capplan::models {

namespace {

void check(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  check_column(params, path, IndexKind::ivfflat, problems);
}

}  // namespace

Spec ivfflat_index() {
  std::vector<Param> params = table_params({"vector", "halfvec", "bit"});
  const std::string defaults = "pgvector 0.8.0 defaults";
  const std::vector<Param> own = {
      {.name = "lists",
       .type = Type::count,
       .fallback = "100",
       .help = "lists that k-means divides the rows into",
       .source = defaults,
       .lo = 1,
       .hi = 32'768},
      {.name = "probes",
       .type = Type::count,
       .fallback = "1",
       .help = "ivfflat.probes: lists that a search reads",
       .source = defaults,
       .lo = 1,
       .hi = 32'768,
       .idle = without_search_of_it},
      {.name = "iterative_scan",
       .type = Type::choice,
       .fallback = "off",
       .help = "ivfflat.iterative_scan: whether a search goes on when a filter leaves too few rows",
       .source = defaults,
       .choices = {"off", "relaxed_order"},
       .idle = without_search_of_it},
      {.name = "max_probes",
       .type = Type::count,
       .fallback = "32768",
       .help = "ivfflat.max_probes: lists after which an iterative scan ends",
       .source = defaults,
       .lo = 1,
       .hi = 32'768,
       .idle = without_iterative_scan},
  };
  params.insert(params.end(), own.begin(), own.end());
  for (const Param& param : growth_params()) params.push_back(param);
  return {.section = "index",
          .kind = "ivfflat",
          .help = "a pgvector IVFFlat index: size, pages, time and recall of its searches, its build",
          .source = "pgvector 0.8.0 src/ivfflat.c, ivfscan.c, ivfbuild.c, ivfkmeans.c",
          .validity =
              "the index as CREATE INDEX leaves it, its centres still those of the data; searches by the law of "
              "docs/decisions/007-index-law.md, whose priors are wide until samples are fitted: capplan calibrate "
              "--index-samples",
          .params = std::move(params),
          .check = check};
}

}  // namespace capplan::models
