#include "plan/decide/index_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace capplan::plan {

namespace {

using models::IndexKind;

/// A name as an identifier: what is no letter or digit becomes "_".
std::string identifier(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

constexpr const char* where = " WHERE (filter)";

std::string index_clause(const models::IndexedQuery& query) {
  return query.filter.method == models::FilterMethod::partial_index ? where : "";
}

const char* word(models::IterativeScan scan) {
  return scan == models::IterativeScan::relaxed_order ? "relaxed_order" : "strict_order";
}

}  // namespace

std::vector<std::string> index_sql(const models::IndexedQuery& query, const IndexPlan& plan) {
  if (plan.kind == IndexKind::flat) return {};
  const models::IndexSettings& index = query.index;
  const bool graph = plan.kind == IndexKind::hnsw;
  const std::string method = graph ? "hnsw" : "ivfflat";
  const std::string table = identifier(plan.name), type = models::type_name(index.column.type);
  const bool bits = index.column.type == models::VectorType::bit;
  const std::string options = graph ? fmt::format("m = {}, ef_construction = {}", index.m, index.ef_construction)
                                    : fmt::format("lists = {}", index.lists);
  const LeastSetting& least = plan.at.front().least;
  const int param = least.value > 0 ? std::max(least.value, graph ? query.limit : 1) : index.search_param;

  std::vector<std::string> sql;
  const double memory = std::min(plan.roomy_memory, std::max(plan.spare_memory, plan.maintenance_work_mem));
  sql.push_back(fmt::format("SET maintenance_work_mem = '{}MB';", std::llround(memory / (1024 * 1024))));
  sql.push_back(fmt::format("SET max_parallel_maintenance_workers = {};",
                            std::max(0, std::min(query.host.cores - 1, query.host.max_parallel_maintenance_workers))));
  if (plan.roomy.workers == 0 && query.host.max_parallel_maintenance_workers > 0 && query.host.cores > 1)
    sql.push_back(
        fmt::format("ALTER TABLE {} SET (parallel_workers = {});  -- the planner takes none for so small a heap", table,
                    query.host.max_parallel_maintenance_workers));
  sql.push_back(fmt::format("CREATE INDEX CONCURRENTLY {0}_embedding_{1} ON {0} USING {1} (embedding {2}_{3}_ops)",
                            table, method, type, bits ? "hamming" : "l2"));
  sql.push_back(fmt::format("  WITH ({}){};", options, index_clause(query)));
  sql.push_back("BEGIN;");
  sql.push_back(fmt::format("SET LOCAL {}.{} = {};", method, plan.param, param));
  if (index.iterative_scan != models::IterativeScan::off) {
    sql.push_back(fmt::format("SET LOCAL {}.iterative_scan = {};", method, word(index.iterative_scan)));
    if (graph) sql.push_back(fmt::format("SET LOCAL hnsw.max_scan_tuples = {:.0f};", index.max_scan_tuples));
  }
  sql.push_back(fmt::format("SELECT id FROM {}{} ORDER BY embedding {} $1 LIMIT {};", table,
                            query.filter.selectivity < 1 ? where : "", bits ? "<~>" : "<->", query.limit));
  sql.push_back("COMMIT;");
  sql.push_back(fmt::format("ALTER ROLE CURRENT_USER SET {}.{} = {};  -- or once for all of its sessions", method,
                            plan.param, param));
  return sql;
}

}  // namespace capplan::plan
