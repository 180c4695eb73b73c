#include "plan/study/binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using models::Role;

/// Waiting below this share of a request's time makes no tail.
constexpr double least_waiting = 0.05;
/// What is less busy and not waited for binds nothing.
constexpr double least_busy = 0.5;

/// How a bounded part of a section shows: its share in use, and the stage in which requests wait for it.
struct Bounded {
  Role role;
  const char* group;
  const char* utilization;
  const char* stage;
  bool with_service;  ///< the stage holds service besides
  const char* word;
};
constexpr Bounded bounded_parts[] = {{Role::pool, "pools", "utilization", "pool_wait", false, "pool"},
                                     {Role::http_pool, "http_pools", "utilization", "pool_wait", false, "HTTP pool"},
                                     {Role::bouncer, "bouncers", "utilization", "bouncer_wait", false, "bouncer"},
                                     {Role::bouncer, "bouncers", "cpu", "bouncer", true, "process of bouncer"},
                                     {Role::server, "servers", "cpu", "cpu_wait", false, "CPU of server"},
                                     {Role::server, "servers", "disk", "io", true, "disk of server"},
                                     {Role::server, "servers", "wal_flush", "commit", true, "WAL flush of server"},
                                     {Role::web, "webs", "utilization", "queue", false, "web"},
                                     {Role::workers, "workers", "utilization", "queue", false, "workers"},
                                     {Role::container, "containers", "cpu", "service_wait", false, "CPU of container"},
                                     {Role::cache, "caches", "utilization", "cache", true, "thread of cache"},
                                     {Role::call, "calls", "utilization", "call_wait", false, "call"},
                                     {Role::request, "requests", "bulkhead_utilization", "queue", false, "bulkhead of"},
                                     {Role::job, "jobs", "bulkhead_utilization", "queue", false, "bulkhead of"}};

using Times = std::map<std::string, double>;

/// Mean time by stage of a class near p95, or of all its requests.
struct Tail {
  std::string near;
  Times stages;
  double total() const {
    return std::accumulate(stages.begin(), stages.end(), 0.0, [](double sum, const auto& s) { return sum + s.second; });
  }
};

Tail tail_of(const Result& result, const std::string& request, const std::vector<std::string>& classes) {
  for (const char* near : {"p95", "mean"})
    for (const Breakdown& breakdown : result.profile.breakdowns)
      if (breakdown.near == near &&
          (breakdown.request == request || (classes.size() == 1 && breakdown.request == classes.front())))
        return {near, {breakdown.stages_s.begin(), breakdown.stages_s.end()}};
  Tail tail{"mean", {}};
  double all = 0;
  for (const std::string& each : classes) all += result.at({"requests", each, "completed_per_s"}).value;
  for (const Figure& figure : result.figures)
    if (const Path& path = figure.path; path.size() == 4 && path[2] == "stages_s" && figure.estimate.known && all > 0 &&
                                        std::find(classes.begin(), classes.end(), path[1]) != classes.end())
      tail.stages[path[3]] += figure.estimate.value * result.at({"requests", path[1], "completed_per_s"}).value / all;
  return tail;
}

/// One bounded part as it was measured.
struct Load {
  Binding binding;
  std::string stage;
  bool with_service = false;
  double weight = 0;  ///< its part of a stage that several share
};

bool is_of(const std::string& instance, const std::string& name) {
  return instance == name ||
         (instance.starts_with(name) && (instance[name.size()] == '.' || instance[name.size()] == '['));
}

/// The loads of one section of the way.
void add_loads(const Result& result, const models::Section& section, std::vector<Load>& loads) {
  for (const Bounded& part : bounded_parts) {
    if (part.role != models::role_of(section)) continue;
    for (const Figure& figure : result.figures) {
      const Path& path = figure.path;
      if (path.size() != 3 || path[0] != part.group || path[2] != part.utilization || !figure.estimate.known) continue;
      if (!is_of(path[1], section.name)) continue;
      Load load{{fmt::format("{} {}", part.word, path[1]), path, figure.estimate.value, 0, 0, {}, {}},
                part.stage,
                part.with_service,
                0};
      load.weight = result.at({path[0], path[1], "wait_s", "mean"}).value;
      loads.push_back(std::move(load));
    }
  }
}

/// Divides each stage among the parts that are waited for in it.
void share_out(const Tail& tail, std::vector<Load>& loads) {
  std::map<std::string, double> weights, busy;
  for (const Load& load : loads) {
    weights[load.stage] += load.weight;
    busy[load.stage] += load.binding.utilization;
  }
  double waiting = 0;
  for (Load& load : loads) {
    const auto stage = tail.stages.find(load.stage);
    const double by_wait = weights[load.stage], by_use = busy[load.stage];
    const double part = by_wait > 0 ? load.weight / by_wait : by_use > 0 ? load.binding.utilization / by_use : 0;
    if (stage != tail.stages.end()) load.binding.wait_s = stage->second * part;
    if (load.with_service) load.binding.wait_s *= std::min(1.0, load.binding.utilization);
    waiting += load.binding.wait_s;
  }
  for (Load& load : loads)
    if (waiting >= least_waiting * tail.total() && waiting > 0) load.binding.share = load.binding.wait_s / waiting;
}

}  // namespace

std::vector<Binding> loads_of(const Result& result, const Scenario& scenario, const std::string& request) {
  std::vector<std::string> classes;
  std::vector<models::SectionId> way;
  for (const Role role : {Role::request, Role::job})
    for (const models::SectionId id : models::all_of(scenario.topology, role)) {
      if (request == "all" ? role != Role::request : scenario.at(id).name != request) continue;
      classes.push_back(scenario.at(id).name);
      way.push_back(id);
      for (const models::SectionId passed : models::path_of(scenario.topology, id))
        if (std::find(way.begin(), way.end(), passed) == way.end()) way.push_back(passed);
    }
  std::vector<Load> loads;
  for (const models::SectionId id : way) add_loads(result, scenario.at(id), loads);
  const Tail tail = tail_of(result, request, classes);
  share_out(tail, loads);
  std::vector<Binding> sorted;
  for (Load& load : loads) {
    load.binding.near = tail.near;
    load.binding.request = request;
    sorted.push_back(std::move(load.binding));
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Binding& a, const Binding& b) {
    return a.share != b.share ? a.share > b.share : a.utilization > b.utilization;
  });
  return sorted;
}

Binding binding(const Result& result, const Scenario& scenario, const std::string& request) {
  const std::vector<Binding> loads = loads_of(result, scenario, request);
  if (!loads.empty() && (loads.front().share > 0 || loads.front().utilization >= least_busy)) return loads.front();
  Binding none{"none", {}, 0, 0, 0, "p95", request};
  if (!loads.empty()) none.utilization = loads.front().utilization;
  return none;
}

std::string to_text(const Binding& binding) {
  if (binding.none()) return fmt::format("none: no bounded resource is {} busy", compact(least_busy, Unit::ratio));
  std::string text = fmt::format("{}, {} busy", binding.resource, compact(binding.utilization, Unit::ratio));
  if (binding.share > 0)
    text += fmt::format(", {} of what {} waits {}", compact(binding.share, Unit::ratio),
                        binding.request == "all" ? "a request" : binding.request,
                        binding.near == "mean" ? "on average" : "near " + binding.near);
  return text;
}

}  // namespace capplan::plan
