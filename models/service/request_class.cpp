#include "models/service/request_class.h"

#include <algorithm>

#include "models/cache/request_caches.h"
#include "models/service/guard.h"
#include "models/service/idempotency.h"
#include "models/topology.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

std::vector<std::string_view> error_names() {
  std::vector<std::string_view> names;
  for (const ClientErrorInfo& info : client_errors)
    if (!info.name.empty()) names.push_back(info.name);
  return names;
}
std::vector<std::string_view> names_of_stages() { return {stage_names.begin(), stage_names.end()}; }

constexpr core::FigureSpec offered_figure{.name = "offered_per_s",
                                          .unit = Unit::per_second,
                                          .help = "requests or jobs that came",
                                          .heading = "offered/s",
                                          .column = Column::always,
                                          .summed = true};
constexpr core::FigureSpec completed_figure{.name = "completed_per_s",
                                            .unit = Unit::per_second,
                                            .help = "those that ended without an error",
                                            .better = Better::up,
                                            .heading = "done/s",
                                            .alias = "throughput",
                                            .column = Column::always,
                                            .summed = true};
constexpr core::FigureSpec ended_figure{.name = "ended_per_s",
                                        .unit = Unit::per_second,
                                        .help = "those that ended, with or without an error",
                                        .heading = "ended/s",
                                        .summed = true};
constexpr core::FigureSpec error_figure{.name = "error_ratio",
                                        .unit = Unit::ratio,
                                        .help = "those that ended with an error, of all that ended",
                                        .better = Better::down,
                                        .aggregation = Aggregation::ratio,
                                        .heading = "errors",
                                        .alias = "errors",
                                        .column = Column::always,
                                        .summed = true};
constexpr core::FigureSpec latency_figure{.name = "latency_s",
                                          .unit = Unit::seconds,
                                          .help = "of those that ended without an error, from arrival to answer",
                                          .better = Better::down,
                                          .aggregation = Aggregation::histogram,
                                          .alias = "latency",
                                          .column = Column::always,
                                          .statistics = "mean p50 p95 p99",
                                          .summed = true};
constexpr core::FigureSpec errors_figure{.name = "errors",
                                         .unit = Unit::ratio,
                                         .help = "those that ended with this error, of all that ended",
                                         .better = Better::down,
                                         .aggregation = Aggregation::ratio,
                                         .heading = "errors",
                                         .keys = error_names};
constexpr core::FigureSpec stages_figure{.name = "stages_s",
                                         .unit = Unit::seconds,
                                         .help = "mean time in this stage",
                                         .better = Better::down,
                                         .aggregation = Aggregation::ratio,
                                         .heading = "time in",
                                         .alias = "stages",
                                         .keys = names_of_stages};
constexpr core::FigureSpec breakdown_figure{.name = "stages_s",
                                            .unit = Unit::seconds,
                                            .help = "time in each stage by how long the request took",
                                            .better = Better::down,
                                            .aggregation = Aggregation::breakdown};
constexpr core::FigureSpec optimized_figure{.name = "adaptive_optimized_ratio",
                                            .unit = Unit::ratio,
                                            .help = "those that took the optimized steps, of all",
                                            .aggregation = Aggregation::ratio,
                                            .heading = "optimized",
                                            .alias = "adaptive_optimized",
                                            .column = Column::if_any,
                                            .absent = "without adaptive"};
constexpr core::FigureSpec simple_figure{.name = "adaptive_simple_ratio",
                                         .unit = Unit::ratio,
                                         .help = "those that took the simple steps, of all",
                                         .aggregation = Aggregation::ratio,
                                         .heading = "simple",
                                         .alias = "adaptive_simple",
                                         .absent = "without adaptive"};
constexpr core::FigureSpec switches_figure{.name = "adaptive_switches_per_s",
                                           .unit = Unit::per_second,
                                           .help = "changes from one way to another",
                                           .better = Better::down,
                                           .heading = "switches/s",
                                           .absent = "without adaptive"};

/// Stages that every request may spend time in; the later ones only what has a guard, or steps other than statements.
constexpr std::size_t plain_stages = static_cast<std::size_t>(Stage::queue);

bool only_statements(const std::vector<Step>& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == Step::Kind::query; });
}

bool gives_back_slowly(const std::vector<Step>& steps, const std::vector<QueryClass>& queries) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return step.kind == Step::Kind::query && queries[step.target].pool->release_takes_time();
  });
}

}  // namespace

Param adaptive_param() {
  const std::string source = "guide 0, AdaptiveQueryOptimizer";
  return {.name = "adaptive",
          .type = Type::record,
          .fallback = "none",
          .help = "other steps in the place of these, chosen by how long the last requests took; absent: none",
          .source = source,
          .fields = {steps_param("optimized", "the steps while they are slow", false),
                     steps_param("simple", "the steps while they are fast; absent: the plain ones", false),
                     {.name = "slow",
                      .type = Type::duration,
                      .fallback = "500ms",
                      .help = "mean of the last ones above which they are slow",
                      .source = source,
                      .lo = 0,
                      .hi = 86'400},
                     {.name = "fast",
                      .type = Type::duration,
                      .fallback = "50ms",
                      .help = "mean of the last ones below which they are fast",
                      .source = source,
                      .lo = 0,
                      .hi = 86'400},
                     {.name = "window",
                      .type = Type::count,
                      .fallback = "10",
                      .help = "how many last ones",
                      .source = source,
                      .lo = 1,
                      .hi = 100'000}}};
}

void check_request(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  check_steps(p.list("steps"), path + ".steps", p.has("container"), problems);
  check_guard(p, path, problems);
  if (!p.has("adaptive")) return;
  const Params adaptive = p.record("adaptive");
  const core::Position& where = find(p.values(), "adaptive")->where;
  if (!adaptive.has("optimized"))
    problems.push_back(
        {where, path + ".adaptive.optimized", "is required: the steps to turn to when these are slow", ""});
  if (adaptive.duration("fast") >= adaptive.duration("slow"))
    problems.push_back({where, path + ".adaptive.fast", "must be below slow", ""});
  for (const char* name : {"optimized", "simple"})
    if (adaptive.has(name)) check_steps(adaptive.list(name), path + ".adaptive." + name, p.has("container"), problems);
}

void read_way(Build& build, const Section& section, const StepTargets& targets, const std::vector<QueryClass>& queries,
              const CachesByPath& caches, RequestClass& request, std::vector<core::Problem>& problems) {
  const Params& p = section.params;
  request.job = role_of(section) == Role::job;
  request.transaction = p.flag("transaction");
  request.per_request = request.transaction || p.text("connection") == "per-request";
  request.transaction_cpu = p.duration("transaction_cpu");
  request.cpu_stream.emplace(build.stream(section.path(), "cpu"));
  request.steps = read_steps(build, section, p.list("steps"), targets, caches);
  if (request.steps.empty())
    problems.push_back({section.where, section.path() + ".steps", "needs at least one step", ""});
  if (p.has("adaptive")) {
    const Params adaptive = p.record("adaptive");
    request.adaptive = std::make_unique<Adaptive>(static_cast<std::size_t>(adaptive.count("window")),
                                                  adaptive.duration("slow"), adaptive.duration("fast"));
    const List& simple = adaptive.has("simple") ? adaptive.list("simple") : p.list("steps");
    request.other_steps[Adaptive::optimized] = read_steps(build, section, adaptive.list("optimized"), targets, caches);
    request.other_steps[Adaptive::simple] = read_steps(build, section, simple, targets, caches);
  }
  for (std::vector<Step>* steps :
       {&request.steps, &request.other_steps[Adaptive::optimized], &request.other_steps[Adaptive::simple]})
    for (Step& step : *steps)
      if (step.kind == Step::Kind::query) step.batch_size = queries[step.target].batch_size;
  if (!request.per_request) return;
  bool same = true;
  for (const std::vector<Step>* steps :
       {&request.steps, &request.other_steps[Adaptive::optimized], &request.other_steps[Adaptive::simple]})
    for (const Step& step : *steps) {
      if (step.kind != Step::Kind::query) continue;
      if (request.pool == nullptr) request.pool = queries[step.target].pool;
      same = same && queries[step.target].pool == request.pool;
    }
  const std::string hint = "set connection = \"per-query\" and transaction = false";
  if (!same)
    problems.push_back({section.where, section.path() + ".steps",
                        "a request that holds one connection cannot use queries of different pools", hint});
  if (request.pool == nullptr)
    problems.push_back({section.where, section.path() + ".steps",
                        "a request that holds one connection needs a query: there is no pool to take it from", hint});
}

FigureSpecs request_figures(bool job) {
  FigureSpecs figures = {&offered_figure, &completed_figure, &ended_figure, &error_figure, &latency_figure};
  const auto append = [&](const FigureSpecs& more) { figures.insert(figures.end(), more.begin(), more.end()); };
  append(guard_figures(job));
  append({&optimized_figure, &errors_figure, &stages_figure, &simple_figure, &switches_figure});
  if (!job) append(request_cache_figures());
  if (!job) append(idempotency_figures());
  figures.push_back(&breakdown_figure);
  return figures;
}

void meter(Build& build, const Section& section, const Guards& guards, const std::vector<QueryClass>& queries,
           RequestClass& request) {
  core::Meters& meters = build.meters;
  const std::vector<std::string> of = section.subject();
  request.offered = &meters.rate(offered_figure, of);
  request.completed = &meters.rate(completed_figure, of);
  request.ended = &meters.rate(ended_figure, of);
  request.failed = &meters.ratio(error_figure, of, *request.ended);
  request.latency = &meters.histogram(latency_figure, of);
  request.errors.push_back(nullptr);  // ClientError::none
  for (std::size_t i = 1; i < client_errors.size(); ++i)
    request.errors.push_back(&meters.ratio(errors_figure, of, *request.ended, client_errors[i].name));
  request.guard = make_guard(build, section, *request.offered, guards);
  bool plain = request.guard == nullptr && only_statements(request.steps);
  bool releases = gives_back_slowly(request.steps, queries);
  for (const std::vector<Step>& steps : request.other_steps) {
    plain = plain && only_statements(steps);
    releases = releases || gives_back_slowly(steps, queries);
  }
  for (std::size_t i = 0; i < stage_names.size(); ++i) {
    const bool never = (plain && i >= plain_stages) || (!releases && i == static_cast<std::size_t>(Stage::release));
    request.stages.push_back(never ? nullptr : &meters.ratio(stages_figure, of, *request.completed, stage_names[i]));
  }
  request.breakdown = &meters.breakdown(breakdown_figure, of);
  if (!request.adaptive) return;
  request.adaptive->switches = &meters.rate(switches_figure, of);
  request.adaptive->optimized_count = &meters.ratio(optimized_figure, of, *request.offered);
  request.adaptive->simple_count = &meters.ratio(simple_figure, of, *request.offered);
}

}  // namespace capplan::models
