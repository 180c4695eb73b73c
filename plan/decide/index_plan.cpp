#include "plan/decide/index_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"
#include "plan/decide/index_sql.h"
#include "plan/study/index_figures.h"

namespace capplan::plan {

namespace {

using core::Estimate;
using models::IndexedForecast;
using models::IndexedQuery;
using models::IndexKind;
using models::IndexSettings;

/// Share of the rows whose deletion the vacuum is told for.
constexpr double deleted = 0.1;

const std::vector<int>& settings_shown(IndexKind kind) {
  static const std::vector<int> graph = {10, 20, 40, 64, 100, 150, 200, 300, 400, 600, 800, 1000};
  static const std::vector<int> lists = {1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 3000};
  return kind == IndexKind::hnsw ? graph : lists;
}

int most_of(const IndexSettings& index) { return index.kind == IndexKind::hnsw ? 1000 : index.lists; }

/// A date some months after another, by the month: "2027-01"; without a date "in 12 months".
std::string month_after(const std::string& as_of, double months) {
  const int whole = static_cast<int>(std::floor(std::min(months, 12'000.0)));
  if (as_of.empty()) return fmt::format("in {} month{}", whole, whole == 1 ? "" : "s");
  const std::chrono::year_month from(std::chrono::year(std::stoi(as_of.substr(0, 4))),
                                     std::chrono::month(static_cast<unsigned>(std::stoi(as_of.substr(5, 2)))));
  const std::chrono::year_month then = from + std::chrono::months(whole);
  return fmt::format("{:04}-{:02}", static_cast<int>(then.year()), static_cast<unsigned>(then.month()));
}

/// Work a second of what takes that long; the estimate turned round.
Estimate per_second(const Estimate& seconds, double servers) {
  return {servers / seconds.value, servers / seconds.hi, servers / seconds.lo, true};
}

IndexPoint point_of(const IndexedQuery& query, const IndexedForecast& f) {
  IndexPoint point;
  point.search_param = query.index.search_param;
  point.by_index = query.index.kind == IndexKind::flat || f.plan == models::Plan::index_scan;
  point.recall = f.recall;
  point.pages = f.pages;
  point.search_s = {f.cpu.value + f.disk.value, f.cpu.lo + f.disk.lo, f.cpu.hi + f.disk.hi, true};
  point.per_core = per_second(f.cpu, 1);
  point.per_server = per_second(f.cpu, query.host.cores);
  if (f.disk.value * query.host.cores > f.cpu.value * query.host.disk_concurrency)
    point.per_server = per_second(f.disk, query.host.disk_concurrency);
  return point;
}

void mark_dominated(std::vector<IndexPoint>& points) {
  for (IndexPoint& p : points)
    p.dominated = std::any_of(points.begin(), points.end(), [&](const IndexPoint& q) {
      const bool no_worse = q.recall.value >= p.recall.value && q.per_core.value >= p.per_core.value;
      return no_worse && (q.recall.value > p.recall.value || q.per_core.value > p.per_core.value);
    });
}

/// The least setting for which `holds`; 0 if there is none up to `most`. Of those above it all do.
template <class F>
int least_that(int most, F holds) {
  if (most < 1 || !holds(most)) return 0;
  int lo = 1, hi = most;
  while (lo < hi) {
    const int middle = (lo + hi) / 2;
    if (holds(middle))
      hi = middle;
    else
      lo = middle + 1;
  }
  return lo;
}

LeastSetting least_setting(const IndexedQuery& query, double rows, double target) {
  LeastSetting least;
  if (query.index.kind == IndexKind::flat) return least;
  const auto at = [&](int param) { return models::indexed_forecast(models::changed(query, rows, param)); };
  // A search costs more the larger the setting is, so that the planner leaves the index from some setting on.
  least.left_from =
      least_that(most_of(query.index), [&](int param) { return at(param).plan != models::Plan::index_scan; });
  const int most = least.left_from > 0 ? least.left_from - 1 : most_of(query.index);
  least.value = least_that(most, [&](int param) { return at(param).recall.value >= target; });
  least.lo = least_that(most, [&](int param) { return at(param).recall.hi >= target; });
  least.hi = least_that(most, [&](int param) { return at(param).recall.lo >= target; });
  if (least.value > 0) least.per_core = per_second(at(least.value).cpu, 1);
  return least;
}

IndexAtRows at_rows(const IndexedQuery& query, double rows, double target) {
  IndexAtRows at;
  const IndexedQuery here = models::changed(query, rows, 0);
  at.rows = rows;
  at.bytes = models::index_bytes(here.index);
  const models::HeapLayout heap = here.index.sized_now().heap;
  at.heap_bytes = (heap.pages + heap.toast_pages) * models::page_bytes;
  at.shares = models::indexed_forecast(here).shares;
  std::vector<int> params = {query.index.search_param};
  if (query.index.kind != IndexKind::flat)
    for (const int param : settings_shown(query.index.kind))
      if (param <= most_of(query.index)) params.push_back(param);
  std::sort(params.begin(), params.end());
  params.erase(std::unique(params.begin(), params.end()), params.end());
  for (const int param : params) {
    const IndexedQuery one = models::changed(query, rows, param);
    at.points.push_back(point_of(one, models::indexed_forecast(one)));
    at.points.back().stated = param == query.index.search_param;
  }
  mark_dominated(at.points);
  at.least = least_setting(query, rows, target);
  return at;
}

Outgrown outgrown(const IndexedQuery& query, const std::string& what, double bytes) {
  Outgrown answer{.what = what, .bytes = bytes};
  const IndexSettings& index = query.index;
  const auto taken = [&](double rows) { return models::changed(query, rows, 0).competing_bytes; };
  double hi = std::max(index.rows, 1.0);
  while (taken(hi) <= bytes && hi < 1e12) hi *= 2;
  if (hi >= 1e12) {
    answer.when = "never";
    return answer;
  }
  double lo = 0;
  for (int i = 0; i < 60 && hi - lo > 1; ++i) (taken((lo + hi) / 2) > bytes ? hi : lo) = (lo + hi) / 2;
  answer.rows = std::ceil(hi);
  if (*answer.rows <= index.rows) {
    answer.months = 0;
    answer.when = "already";
  } else if (index.growth > 0) {
    answer.months = std::log(*answer.rows / index.rows) / std::log1p(index.growth);
    answer.when = month_after(index.as_of, *answer.months);
  } else {
    answer.when = "never at this growth";
  }
  return answer;
}

void add_living(IndexPlan& plan, const IndexSettings& index) {
  plan.inserts_per_month = index.rows * index.growth;
  if (index.kind == IndexKind::hnsw) {
    models::LivingHnsw living{{index.rows, index.column, index.m}, index.ef_construction};
    models::Search search{.search_param = index.ef_construction};
    living.search_evaluations =
        models::search_cost(index.sized_now(), search, models::Plan::index_scan, index.costs->search.at).pages;
    plan.insert = models::hnsw_insert(living);
    plan.vacuum = models::hnsw_vacuum(living, deleted * index.rows);
  } else if (index.kind == IndexKind::ivfflat) {
    const models::IvfflatShape shape{index.rows, index.column, index.lists};
    plan.insert = models::ivfflat_insert(shape);
    plan.vacuum = models::ivfflat_vacuum(shape, deleted * index.rows);
  }
}

/// The first query that searches the index; where none does, one without a filter on the first server.
IndexedQuery query_of(const Scenario& scenario, const IndexSettings& index) {
  for (const IndexedQuery& query : models::indexed_queries(scenario.sections, scenario.topology))
    if (query.index.path == index.path) return query;
  IndexedQuery query{.path = "query", .name = "", .index = index};
  const auto host = host_of(scenario, index.path);
  if (host) query.host = *host;
  query.competing_bytes = models::searched_bytes(index.sized_now(), models::Plan::index_scan);
  return query;
}

IndexPlan plan_of(const Scenario& scenario, const IndexSettings& index, const IndexPlanOptions& options,
                  double target) {
  const IndexedQuery query = query_of(scenario, index);
  IndexPlan plan;
  plan.name = index.name;
  plan.kind = index.kind;
  plan.column = fmt::format("{}({})", models::type_name(index.column.type), index.column.dimensions);
  plan.param = index.kind == IndexKind::hnsw ? "ef_search" : index.kind == IndexKind::ivfflat ? "probes" : "";
  plan.server = query.host.path;
  plan.cores = query.host.cores;
  plan.maintenance_work_mem = query.host.maintenance_work_mem;
  plan.law_samples = index.costs->search.samples;
  plan.target = target;
  if (options.rows.empty()) {
    plan.at.push_back(at_rows(query, index.rows, target));
    plan.at.back().when = "now";
    if (index.growth > 0) {
      plan.at.push_back(at_rows(query, std::round(index.rows_after(options.months)), target));
      plan.at.back().when = month_after(index.as_of, options.months);
    }
  }
  for (const double rows : options.rows) plan.at.push_back(at_rows(query, rows, target));
  plan.outside = models::indexed_forecast(models::changed(query, plan.at.front().rows, 0)).outside;
  const models::PageMemory& memory = query.host.memory;
  plan.outgrown.push_back(outgrown(query, "shared_buffers", memory.shared_buffers));
  if (memory.memory > 0)
    plan.outgrown.push_back(
        outgrown(query, "memory for pages", memory.shared_buffers + models::system_cache_bytes(memory)));
  if (index.kind != IndexKind::flat) {
    IndexSettings built = index;
    built.rows = plan.at.front().rows;
    plan.build = models::index_build(built, query.host);
    constexpr double step = 64.0 * 1024 * 1024;
    plan.roomy_memory = std::max(query.host.maintenance_work_mem, std::ceil(plan.build.memory_bytes.hi / step) * step);
    plan.roomy = models::index_build(built, query.host, plan.roomy_memory);
    plan.spare_memory = std::floor(models::system_cache_bytes(memory) / step) * step;
    add_living(plan, built);
  }
  plan.sql = index_sql(query, plan);
  return plan;
}

double target_of(const Scenario& scenario, const IndexPlanOptions& options) {
  if (options.recall) return *options.recall;
  for (const Slo& slo : scenario.slos)
    if (slo.metric == "recall" && !slo.below) return slo.limit;
  return 0.95;
}

void check(const IndexPlanOptions& options) {
  for (const double rows : options.rows)
    if (!(rows >= 1 && rows <= 1e11)) throw core::InputError({"--rows"}, "", "must be 1 to 1e11 rows");
  if (!(options.months >= 0 && options.months <= 1200))
    throw core::InputError({"--months"}, "", "must be 0 to 1200 months");
  if (options.recall && !(*options.recall > 0 && *options.recall < 1))
    throw core::InputError({"--recall"}, "", fmt::format("{:g} is no share between 0 and 1", *options.recall),
                           "--recall 0.95");
}

}  // namespace

IndexPlans plan_indexes(const Scenario& scenario, const IndexPlanOptions& options) {
  check(options);
  IndexPlans plans{.scenario = scenario.name};
  std::vector<std::string> names;
  for (const IndexSettings& index : models::index_settings(scenario.sections)) {
    names.push_back(index.name);
    if (options.index.empty() || options.index == index.name || options.index == index.path)
      plans.indexes.push_back(plan_of(scenario, index, options, target_of(scenario, options)));
  }
  if (names.empty())
    throw core::InputError({scenario.source, 0, 0}, "", "has no [index.NAME]", "capplan describe index");
  if (plans.indexes.empty()) {
    const std::string near = core::nearest(options.index, names);
    throw core::InputError({"--index"}, "",
                           fmt::format("there is no [index.{}] in this scenario{}", options.index,
                                       near.empty() ? "" : "; did you mean " + near + "?"));
  }
  return plans;
}

}  // namespace capplan::plan
