#include "models/service/request_class.h"

#include <algorithm>

#include "models/topology.h"

namespace capplan::models {

namespace {

/// Stages that every request may spend time in; the later ones only what has a guard, or steps other than statements.
constexpr std::size_t plain_stages = static_cast<std::size_t>(Stage::queue);

bool only_statements(const std::vector<Step>& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == Step::Kind::query; });
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

void meter(Build& build, const Section& section, const Guards& guards, RequestClass& request) {
  core::Meters& meters = build.meters;
  const std::vector<std::string> group = {request.job ? "jobs" : "requests", section.name};
  const auto path = [&](const std::string& name) { return std::vector<std::string>{group[0], group[1], name}; };
  request.offered = &meters.rate(path("offered_per_s"));
  request.completed = &meters.rate(path("completed_per_s"));
  request.failed = &meters.ratio(path("error_ratio"), *request.offered);
  request.latency = &meters.histogram(path("latency_s"));
  request.errors.push_back(nullptr);  // ClientError::none
  for (std::size_t i = 1; i < client_errors.size(); ++i)
    request.errors.push_back(
        &meters.ratio({group[0], group[1], "errors", std::string(client_errors[i].name)}, *request.offered));
  request.guard = make_guard(build, section, group, *request.offered, guards);
  bool plain = request.guard == nullptr && only_statements(request.steps);
  for (const std::vector<Step>& steps : request.other_steps) plain = plain && only_statements(steps);
  for (std::size_t i = 0; i < stage_names.size(); ++i)
    request.stages.push_back(
        plain && i >= plain_stages
            ? nullptr
            : &meters.ratio({group[0], group[1], "stages_s", std::string(stage_names[i])}, *request.completed));
  request.breakdown = &meters.breakdown(path("stages_s"));
  if (!request.adaptive) return;
  request.adaptive->switches = &meters.rate(path("adaptive_switches_per_s"));
  request.adaptive->optimized_count = &meters.ratio(path("adaptive_optimized_ratio"), *request.offered);
  request.adaptive->simple_count = &meters.ratio(path("adaptive_simple_ratio"), *request.offered);
}

}  // namespace capplan::models
