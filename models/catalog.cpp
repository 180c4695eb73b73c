#include "models/catalog.h"

#include <algorithm>

namespace capplan::models {

// One line a component: the function that returns its spec.
#define CAPPLAN_COMPONENTS(ENTRY) \
  ENTRY(scenario_section)         \
  ENTRY(postgres_server)          \
  ENTRY(pgbouncer)                \
  ENTRY(fixed_pool)               \
  ENTRY(asyncpg_pool)             \
  ENTRY(sqlalchemy_pool)          \
  ENTRY(null_pool)                \
  ENTRY(pg_pool)                  \
  ENTRY(sqlx_pool)                \
  ENTRY(hikaricp_pool)            \
  ENTRY(node_agent)               \
  ENTRY(httpx_pool)               \
  ENTRY(lru_cache)                \
  ENTRY(lfu_cache)                \
  ENTRY(fifo_cache)               \
  ENTRY(clock_cache)              \
  ENTRY(sieve_cache)              \
  ENTRY(s3_fifo_cache)            \
  ENTRY(two_q_cache)              \
  ENTRY(random_cache)             \
  ENTRY(redis_cache)              \
  ENTRY(proxy_cache)              \
  ENTRY(cdn_cache)                \
  ENTRY(hnsw_index)               \
  ENTRY(ivfflat_index)            \
  ENTRY(flat_index)               \
  ENTRY(query_section)            \
  ENTRY(request_section)          \
  ENTRY(job_section)              \
  ENTRY(call_section)             \
  ENTRY(batch_section)            \
  ENTRY(workers_section)          \
  ENTRY(container_section)        \
  ENTRY(web_section)              \
  ENTRY(open_workload)            \
  ENTRY(closed_workload)          \
  ENTRY(trace_workload)           \
  ENTRY(failure_section)

#define DECLARE(function) Spec function();
CAPPLAN_COMPONENTS(DECLARE)
#undef DECLARE

const std::vector<Spec>& catalog() {
#define LIST(function) function(),
  static const std::vector<Spec> specs = {CAPPLAN_COMPONENTS(LIST)};
#undef LIST
  return specs;
}

const Spec* find_spec(const std::string& section, const std::string& kind) {
  return find_spec(catalog(), section, kind);
}

const Spec* find_spec(const std::vector<Spec>& specs, const std::string& section, const std::string& kind) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const Spec& spec) { return spec.section == section && spec.kind == kind; });
  return found == specs.end() ? nullptr : &*found;
}

}  // namespace capplan::models
