#include "plan/study/index_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/units.h"
#include "models/index/index_build.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using models::IndexedForecast;
using models::IndexedQuery;
using models::IndexSettings;

Estimate exactly(double x) { return {x, x, x, true}; }

/// One query with an index and what became of it.
struct Searched {
  IndexedQuery query;
  IndexedForecast forecast;
};

/// Beside the last figure of the same group and name, else of the same group, else at the end.
void insert(std::vector<Figure>& figures, std::vector<std::string> path, const Estimate& estimate) {
  const auto after = [&](std::size_t parts) {
    const auto same = [&](const Figure& f) {
      return f.path.size() >= parts &&
             std::equal(path.begin(), path.begin() + static_cast<long>(parts), f.path.begin());
    };
    return std::find_if(figures.rbegin(), figures.rend(), same).base();
  };
  auto at = after(2);
  if (at == figures.begin()) at = after(1);
  if (at == figures.begin()) at = figures.end();
  figures.insert(at, {std::move(path), estimate, {}});
}

const Estimate& least(const Estimate& a, const Estimate& b) { return !a.known || b.value < a.value ? b : a; }
const Estimate& most(const Estimate& a, const Estimate& b) { return !a.known || b.value > a.value ? b : a; }

/// The least recall of a request's searches, by request; requests without any are not there.
std::map<std::string, Estimate> recalls(const Scenario& scenario, const std::vector<Searched>& searched) {
  std::map<std::string, Estimate> by_request;
  for (const models::SectionId id : models::all_of(scenario.topology, models::Role::request))
    for (const models::SectionId step : models::node_at(scenario.topology, id).steps)
      for (const Searched& s : searched) {
        if (s.query.id != step) continue;
        for (const std::string& name : {scenario.at(id).name, std::string("all")})
          by_request[name] = least(by_request[name], s.forecast.recall);
      }
  return by_request;
}

void add_queries(const std::vector<Searched>& searched, std::vector<Figure>& figures) {
  for (const Searched& s : searched) {
    const auto add = [&](const char* name, const Estimate& e) { insert(figures, {"queries", s.query.name, name}, e); };
    const IndexedForecast& f = s.forecast;
    add("recall", f.recall);
    add("pages", f.pages);
    add("search_s", {f.cpu.value + f.disk.value, f.cpu.lo + f.disk.lo, f.cpu.hi + f.disk.hi, true});
    add("rows_returned", exactly(f.rows_returned));
  }
}

void add_index(const Scenario& scenario, const IndexSettings& index, const std::vector<Searched>& searched,
               std::vector<Figure>& figures) {
  const auto add = [&](const char* name, const Estimate& e) { insert(figures, {"indexes", index.name, name}, e); };
  add("rows", exactly(index.rows));
  add("size_bytes", models::index_bytes(index));
  Estimate recall, pages, time, buffers, system, disk;
  double by_index = 0, count = 0;
  for (const Searched& s : searched) {
    if (s.query.index.path != index.path) continue;
    const IndexedForecast& f = s.forecast;
    recall = least(recall, f.recall);
    pages = most(pages, f.pages);
    time = most(time, {f.cpu.value + f.disk.value, f.cpu.lo + f.disk.lo, f.cpu.hi + f.disk.hi, true});
    buffers = least(buffers, exactly(f.shares.shared_buffers));
    system = most(system, exactly(f.shares.system_cache));
    disk = most(disk, exactly(f.shares.disk));
    by_index += f.plan == models::Plan::index_scan ? 1 : 0;
    count += 1;
  }
  if (count > 0) {
    add("recall", recall);
    add("pages", pages);
    add("search_s", time);
    if (index.kind != models::IndexKind::flat) add("index_scan_ratio", exactly(by_index / count));
    add("buffer_hit_ratio", buffers);
    add("system_cache_ratio", system);
    add("disk_ratio", disk);
  }
  const auto host = host_of(scenario, index.path);
  if (index.kind == models::IndexKind::flat || !host) return;
  const models::IndexBuild build = models::index_build(index, *host);
  add("build_s", build.total_s);
  add("build_memory_bytes", build.memory_bytes);
}

/// The share of all pages that searches on a server ask for, as often as each runs, that its shared_buffers have.
void add_servers(const std::vector<Searched>& searched, Result& result) {
  struct Pages {
    double asked = 0, found = 0;
  };
  std::map<std::string, Pages> by_server;
  for (const Searched& s : searched) {
    const Figure* rate = result.find({"queries", s.query.name, "executed_per_s"});
    if (rate == nullptr) continue;
    Pages& pages = by_server[s.query.host.path.substr(s.query.host.path.find('.') + 1)];
    pages.asked += rate->estimate.value * s.forecast.pages.value;
    pages.found += rate->estimate.value * s.forecast.pages.value * s.forecast.shares.shared_buffers;
  }
  for (const auto& [name, pages] : by_server)
    if (pages.asked > 0)
      insert(result.figures, {"servers", name, "buffer_hit_ratio"}, exactly(pages.found / pages.asked));
}

/// W20 to W26, each with its remedy.
class Warner {
 public:
  explicit Warner(std::vector<Warning>& warnings) : warnings_(warnings) {}

  void of_index(const IndexSettings& index, const std::vector<Searched>& searched) {
    std::vector<std::string> outside;
    for (const Searched& s : searched)
      if (s.query.index.path == index.path)
        for (const std::string& what : s.forecast.outside)
          if (std::find(outside.begin(), outside.end(), what) == outside.end()) outside.push_back(what);
    if (!outside.empty())
      add("W20",
          "{}: {}; the law was not fitted there and its intervals grow. Measure samples nearer: capplan calibrate "
          "--index-samples",
          index.path, fmt::join(outside, ", "));
    const bool used = std::any_of(searched.begin(), searched.end(),
                                  [&](const Searched& s) { return s.query.index.path == index.path; });
    if (used && index.costs->search.samples == 0)
      add("W26",
          "{}: its pages, times and recall rest on priors alone. Fit samples of the real one: capplan calibrate "
          "--index-samples",
          index.path);
  }

  /// Once for an index and a server, whichever query comes first.
  void of_memory(const Searched& s) {
    const models::PageMemory& memory = s.query.host.memory;
    const double held = memory.shared_buffers + models::system_cache_bytes(memory);
    const std::string all = core::format_bytes(s.query.competing_bytes);
    if (s.query.competing_bytes > held)
      add("W22",
          "{}: indexes and tables searched there take {}, more than the memory for pages, {}: {} of the pages come "
          "from disk",
          s.query.host.path, all, core::format_bytes(held), core::format_ratio(s.forecast.shares.disk));
    else if (s.query.competing_bytes > memory.shared_buffers)
      add("W21",
          "{}: indexes and tables searched there take {}, more than shared_buffers, {}: {} of the pages are copied "
          "from the system's cache",
          s.query.host.path, all, core::format_bytes(memory.shared_buffers),
          core::format_ratio(s.forecast.shares.system_cache));
  }

  void of_query(const Searched& s) {
    const IndexedQuery& q = s.query;
    if (q.index.kind != models::IndexKind::flat && s.forecast.plan == models::Plan::seq_scan)
      add("W23", "{}: the planner finds a sequential scan cheaper than {} and takes it. {}", q.path, q.index.path,
          q.filter.selectivity < 1 ? "An index on what it filters by, or a partial index, would serve it better"
                                   : "Lower random_page_cost, ef_search or probes, or do without the index");
    if (s.forecast.plan == models::Plan::seq_scan) return;
    const bool graph = q.index.kind == models::IndexKind::hnsw;
    if (graph && q.index.search_param < q.limit && q.index.iterative_scan == models::IterativeScan::off)
      add("W24", "{}: ef_search = {} is below LIMIT {}: no more than {} rows come back. Raise {}.ef_search", q.path,
          q.index.search_param, q.limit, q.index.search_param, q.index.path);
    const double passing = std::min<double>(q.limit, q.index.rows * q.filter.selectivity);
    if (q.filter.selectivity < 1 && s.forecast.rows_returned < 0.99 * passing)
      add("W25", "{}: {:.3g} of {:.3g} rows come back on average, the filter drops the others. {}", q.path,
          s.forecast.rows_returned, passing,
          s.forecast.ended_early ? "Raise max_scan_tuples and scan_mem_multiplier (max_probes of IVFFlat)"
                                 : "Set " + q.index.path + ".iterative_scan, or filter = \"partial-index\"");
  }

 private:
  template <class... T>
  void add(WarningCode code, fmt::format_string<T...> text, T&&... values) {
    warnings_.push_back({code, fmt::format(text, std::forward<T>(values)...)});
  }

  std::vector<Warning>& warnings_;
};

}  // namespace

std::optional<models::SearchHost> host_of(const Scenario& scenario, const std::string& index_path) {
  for (const IndexedQuery& query : models::indexed_queries(scenario.sections, scenario.topology))
    if (query.index.path == index_path) return query.host;
  const std::vector<models::SectionId> servers = models::all_of(scenario.topology, models::Role::server);
  if (servers.empty()) return std::nullopt;
  return models::search_host(scenario.at(servers.front()));
}

void add_index_figures(const Scenario& scenario, Result& result) {
  const std::vector<IndexSettings> indexes = models::index_settings(scenario.sections);
  if (indexes.empty()) return;
  std::vector<Searched> searched;
  for (IndexedQuery& query : models::indexed_queries(scenario.sections, scenario.topology)) {
    IndexedForecast forecast = models::indexed_forecast(query);
    searched.push_back({std::move(query), std::move(forecast)});
  }
  for (const auto& [name, recall] : recalls(scenario, searched))
    if (result.find({"requests", name, "completed_per_s"}))
      insert(result.figures, {"requests", name, "recall"}, recall);
  add_queries(searched, result.figures);
  for (const IndexSettings& index : indexes) add_index(scenario, index, searched, result.figures);
  add_servers(searched, result);

  Warner warner(result.warnings);
  for (const IndexSettings& index : indexes) warner.of_index(index, searched);
  std::vector<std::string> hosts;
  for (const Searched& s : searched) {
    if (std::find(hosts.begin(), hosts.end(), s.query.host.path) == hosts.end()) warner.of_memory(s);
    hosts.push_back(s.query.host.path);
    warner.of_query(s);
  }
}

}  // namespace capplan::plan
