#include "models/index/indexed_query.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "models/index/hot_pages.h"

namespace capplan::models {

namespace {

Filter filter_of(const Params& p, IterativeScan iterative_scan) {
  Filter filter{p.number("selectivity"), FilterMethod::post, iterative_scan};
  if (p.text("filter") == "partial-index") filter.method = FilterMethod::partial_index;
  if (p.text("filter") == "partition") filter.method = FilterMethod::partition;
  return filter;
}

/// The search as it runs: on which index, with which plan, and what its filter does to it.
struct Prepared {
  VectorIndex index;  ///< what is searched: of a partial index or a partition, that one
  Search search;
  Plan plan = Plan::index_scan;
  FilteredSearch filtered;
};

Prepared prepared(const IndexedQuery& query) {
  const IndexSettings& settings = query.index;
  const bool apart = query.filter.method != FilterMethod::post && query.filter.selectivity < 1;
  Prepared p{.index = settings.sized_at(std::max(1.0, settings.rows * (apart ? query.filter.selectivity : 1)))};
  if (apart && query.filter.method == FilterMethod::partial_index) p.index.heap = settings.sized_now().heap;
  p.search = {.search_param = settings.search_param, .limit = query.limit};
  if (!apart) p.search.selectivity = query.filter.selectivity;
  p.plan = planned(p.index, p.search, query.host.planner);
  const double n = p.index.rows;
  Filter filter = query.filter;
  if (apart) filter.selectivity = 1;
  if (p.plan == Plan::seq_scan) {
    p.filtered = filtered_flat(n, query.limit, filter);
  } else if (p.index.kind == IndexKind::hnsw) {
    const auto visited = [&](double ef_search) {
      const Search wide{.search_param = static_cast<int>(std::lround(ef_search)), .limit = 1};
      return search_cost(p.index, wide, p.plan, settings.costs->search.at).pages - ef_search;  // lists of neighbours
    };
    const ScanLimits limits{settings.max_scan_tuples, query.host.planner.work_mem * settings.scan_mem_multiplier};
    p.filtered = filtered_hnsw(n, settings.search_param, query.limit, visited, filter, limits);
  } else {
    p.filtered = filtered_ivfflat(n, settings.lists, settings.search_param, settings.max_probes, query.limit, filter);
  }
  return p;
}

/// The recall of what the index gives, before rows that do not come back at all.
core::Estimate recall_of(const Prepared& p, const IndexLaw& law) {
  if (p.plan == Plan::seq_scan) return {1, 1, 1, true};
  // A search without a filter that finds as much of its neighbours.
  const auto as_wide = [&](double width) {
    Search wide = p.search;
    wide.search_param = std::max(1, static_cast<int>(std::lround(width)));
    if (p.index.kind == IndexKind::hnsw) wide.limit = std::min(wide.limit, wide.search_param);
    return forecast(p.index, wide, law, {}).recall;
  };
  const core::Estimate& width = p.filtered.recall_width;
  core::Estimate recall = as_wide(width.value);
  if (width.lo < width.hi) recall = {recall.value, as_wide(width.lo).lo, as_wide(width.hi).hi, true};
  return {recall.value * p.filtered.kept, recall.lo * p.filtered.kept, recall.hi, true};
}

core::Estimate times(const core::Estimate& e, double factor) {
  return {e.value * factor, e.lo * factor, e.hi * factor, e.known};
}

}  // namespace

SearchHost search_host(const Section& server) {
  const Params& p = server.params;
  SearchHost host;
  host.path = server.path();
  host.cores = static_cast<int>(p.count("cores"));
  host.disk_concurrency = static_cast<int>(p.record("disk").count("concurrency"));
  host.memory.shared_buffers = static_cast<double>(p.bytes("shared_buffers"));
  if (p.has("memory")) host.memory.memory = static_cast<double>(p.bytes("memory"));
  host.memory.read_latency = core::to_seconds(p.record("disk").duration("read_latency"));
  host.planner.random_page_cost = p.number("random_page_cost");
  host.planner.effective_cache_size = std::floor(static_cast<double>(p.bytes("effective_cache_size")) / page_bytes);
  host.planner.max_parallel_workers_per_gather = static_cast<int>(p.count("max_parallel_workers_per_gather"));
  host.planner.work_mem = static_cast<double>(p.bytes("work_mem"));
  host.maintenance_work_mem = static_cast<double>(p.bytes("maintenance_work_mem"));
  host.max_parallel_maintenance_workers = static_cast<int>(p.count("max_parallel_maintenance_workers"));
  return host;
}

std::vector<IndexedQuery> indexed_queries(const std::vector<Section>& sections, const Topology& topology) {
  std::vector<IndexedQuery> queries;
  for (const SectionId id : all_of(topology, Role::query)) {
    const Placed at{sections, topology, id};
    const Section& section = at.section();
    if (at.node().index == no_section || at.node().server == no_section) continue;
    const Section& index = at.at(at.node().index).section();
    IndexedQuery query{.path = section.path(), .name = section.name, .index = index_settings(index)};
    query.host = search_host(at.at(at.node().server).section());
    query.id = id;
    query.limit = static_cast<int>(section.params.count("limit"));
    query.filter = filter_of(section.params, query.index.iterative_scan);
    queries.push_back(std::move(query));
  }
  // An index counts once on a server, however many queries search it.
  std::map<std::string, double> bytes;
  std::set<std::pair<std::string, std::string>> counted;
  for (const IndexedQuery& query : queries) {
    const Prepared p = prepared(query);
    if (counted.emplace(query.host.path, query.index.path).second)
      bytes[query.host.path] += searched_bytes(query.index.sized_now(), p.plan);
  }
  for (IndexedQuery& query : queries) query.competing_bytes = bytes[query.host.path];
  return queries;
}

SearchDemand search_demand(const IndexedQuery& query) {
  const Prepared p = prepared(query);
  const IndexLaw& law = query.index.costs->search;
  const SearchCost cost = search_cost(p.index, p.search, p.plan, law.at);
  const PageAccess access = access_of(p.index.kind, p.plan);
  const PageShares shares = page_shares(query.competing_bytes, query.host.memory, access);
  SearchDemand demand;
  demand.pages = cost.pages * p.filtered.cost;
  const PageCost out = page_cost(cold_pages(p.index, p.plan, demand.pages), shares, query.host.memory, access);
  demand.cpu = cost.server * p.filtered.cost + out.cpu;
  demand.disk = out.disk;
  demand.dispersion = law.dispersion;
  return demand;
}

IndexedForecast indexed_forecast(const IndexedQuery& query) {
  const Prepared p = prepared(query);
  const IndexLaw& law = query.index.costs->search;
  const SearchForecast plain = forecast(p.index, p.search, law, query.host.planner);
  IndexedForecast f;
  f.plan = p.plan;
  f.outside = plain.outside;
  f.pages = times(plain.pages, p.filtered.cost);
  const PageAccess access = access_of(p.index.kind, p.plan);
  f.shares = page_shares(query.competing_bytes, query.host.memory, access);
  const auto out = [&](double pages) {
    return page_cost(cold_pages(p.index, p.plan, pages), f.shares, query.host.memory, access);
  };
  f.cpu = times(plain.server, p.filtered.cost);
  f.cpu.value += out(f.pages.value).cpu;
  f.cpu.lo += 0.6 * out(f.pages.value).cpu;  // a copy takes 1.5 to 4 us
  f.cpu.hi += 1.6 * out(f.pages.value).cpu;
  f.disk = {out(f.pages.value).disk, out(f.pages.lo).disk, out(f.pages.hi).disk, true};
  f.rows_returned = p.filtered.rows_returned;
  f.tuples_visited = p.filtered.tuples_visited;
  f.ended_early = p.filtered.ended_early;
  f.recall = recall_of(p, law);
  // Rows that do not come back at all are not found either.
  const double there = std::min<double>(query.limit, query.index.rows * query.filter.selectivity);
  const double most = there > 0 ? std::min(1.0, p.filtered.rows_returned / there) : 1;
  f.recall = {std::min(f.recall.value, most), std::min(f.recall.lo, most), std::min(f.recall.hi, most), true};
  return f;
}

IndexedQuery changed(const IndexedQuery& query, double rows, int search_param) {
  IndexedQuery other = query;
  const double before = searched_bytes(query.index.sized_now(), prepared(query).plan);
  other.index.rows = rows;
  if (search_param > 0) other.index.search_param = search_param;
  other.competing_bytes += searched_bytes(other.index.sized_now(), prepared(other).plan) - before;
  return other;
}

}  // namespace capplan::models
