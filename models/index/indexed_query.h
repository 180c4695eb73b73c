#pragma once
// A query of a scenario that searches an index: which server answers it, what its planner knows and its memory holds,
// what is filtered, and what follows for pages, time, rows and recall. The simulation takes the medians as demands; the
// results show the same with intervals.
// Limits: one search does not warm or cool the caches of the next; the round trip of the law is the client's and the
// network's, and no part of the demand.

#include <string>
#include <vector>

#include "models/index/index_section.h"
#include "models/index/residency.h"
#include "models/index/search_demand.h"
#include "models/topology.h"

namespace capplan::models {

/// A server as vector searches and builds see it.
struct SearchHost {
  std::string path;  ///< "server.primary"
  int cores = 4;
  int disk_concurrency = 32;
  PageMemory memory;
  PlannerSettings planner;
  double maintenance_work_mem = 64.0 * 1024 * 1024;
  int max_parallel_maintenance_workers = 2;
};
SearchHost search_host(const Section& server);

struct IndexedQuery {
  std::string path;  ///< "query.search"
  std::string name;  ///< "search"
  IndexSettings index;
  SearchHost host;
  int limit = 10;
  Filter filter;
  SectionId id = no_section;
  double competing_bytes = 0;  ///< of all indexes and tables searched on that host, this one's too
};

/// Every query with an index, in the scenario's order.
std::vector<IndexedQuery> indexed_queries(const std::vector<Section>& sections, const Topology& topology);

/// The demand of one statement.
SearchDemand search_demand(const IndexedQuery& query);

/// The same and what is found, with what is known of each.
struct IndexedForecast {
  Plan plan = Plan::index_scan;
  core::Estimate pages, cpu, disk, recall;
  double rows_returned = 0;  ///< expected
  double tuples_visited = 0;
  bool ended_early = false;  ///< an iterative scan met its limit
  PageShares shares;
  std::vector<std::string> outside;  ///< what lies outside the samples of the law
};
IndexedForecast indexed_forecast(const IndexedQuery& query);

/// The same query on the index at another size, with another ef_search or probes (0: as stated).
IndexedQuery changed(const IndexedQuery& query, double rows, int search_param);

}  // namespace capplan::models
