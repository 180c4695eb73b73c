#include "models/service/guard.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec shed_figure{.name = "shed_ratio",
                                       .unit = Unit::ratio,
                                       .help = "refused above max_in_flight, of all that came",
                                       .better = Better::down,
                                       .aggregation = Aggregation::ratio,
                                       .heading = "shed",
                                       .alias = "shed",
                                       .column = Column::if_any,
                                       .absent = "without max_in_flight"};
constexpr core::FigureSpec bulkhead_use_figure{.name = "bulkhead_utilization",
                                               .unit = Unit::ratio,
                                               .help = "of its class inside the bulkhead, as a share of max_concurrent",
                                               .better = Better::down,
                                               .aggregation = Aggregation::level,
                                               .heading = "bulkhead use",
                                               .absent = "without bulkhead"};
constexpr core::FigureSpec bulkhead_waiting_figure{.name = "bulkhead_waiting",
                                                   .help = "that wait at the bulkhead",
                                                   .better = Better::down,
                                                   .aggregation = Aggregation::level,
                                                   .heading = "at bulkhead",
                                                   .stock = true,
                                                   .absent = "without bulkhead"};

std::unique_ptr<Semaphore> make_bulkhead(Build& build, const Section& section) {
  const Params p = section.params.record("bulkhead");
  SemaphoreRules rules{.permits = static_cast<std::uint32_t>(p.count("max_concurrent")),
                       .timeout_error = ClientError::queue_timeout};
  if (p.has("max_waiting")) rules.max_waiting = static_cast<std::size_t>(p.count("max_waiting"));
  if (p.has("max_wait")) rules.max_wait = p.duration("max_wait");
  if (p.has("codel_target")) rules.codel.emplace(p.duration("codel_target"), p.duration("codel_interval"));
  auto bulkhead = std::make_unique<Semaphore>(build.simulator, rules);
  bulkhead->busy = &build.meters.level(bulkhead_use_figure, section.subject(), static_cast<double>(rules.permits));
  bulkhead->waiting = &build.meters.level(bulkhead_waiting_figure, section.subject());
  return bulkhead;
}

Param bulkhead_param() {
  return {
      .name = "bulkhead",
      .type = Type::record,
      .fallback = "none",
      .help = "how many of this class run at once, the others wait; absent: any number",
      .source = "Resilience4j BulkheadConfig; folly executors/Codel.cpp",
      .fields = {{.name = "max_concurrent",
                  .type = Type::count,
                  .fallback = "25",
                  .help = "running at once",
                  .source = "Resilience4j maxConcurrentCalls",
                  .lo = 1,
                  .hi = 1e6},
                 {.name = "max_waiting",
                  .type = Type::count,
                  .help = "waiting, one more is refused; absent: any number",
                  .lo = 0,
                  .hi = 1e9},
                 {.name = "max_wait",
                  .type = Type::duration,
                  .help = "longest wait; absent: no limit",
                  .lo = 0.000'001,
                  .hi = 86'400},
                 {.name = "codel_target",
                  .type = Type::duration,
                  .help = "controlled delay: if even the shortest wait of an interval was above this, requests that "
                          "waited twice as long are refused; absent: off",
                  .lo = 0.000'001,
                  .hi = 60},
                 {.name = "codel_interval",
                  .type = Type::duration,
                  .fallback = "100ms",
                  .help = "that interval",
                  .lo = 0.001,
                  .hi = 60}}};
}

}  // namespace

std::vector<Param> guard_params(bool job) {
  std::vector<Param> params;
  if (job) {
    params.push_back({.name = "workers",
                      .type = Type::reference,
                      .help = "the workers that run it",
                      .required = true,
                      .choices = {"workers"}});
  } else {
    params.push_back(
        {.name = "web", .type = Type::reference, .help = "the web server in front; absent: none", .choices = {"web"}});
    params.push_back({.name = "workers",
                      .type = Type::reference,
                      .help = "workers of the service, of which a request holds one to its end; absent: no limit",
                      .choices = {"workers"}});
    params.push_back(bulkhead_param());
  }
  params.push_back({.name = "container",
                    .type = Type::reference,
                    .help = "where its cpu steps run and its memory counts; absent: nowhere",
                    .choices = {"container"}});
  params.push_back({.name = "max_in_flight",
                    .type = Type::count,
                    .help = "load shedding: of this class inside at once, one more gets 503; absent: any number",
                    .lo = 1,
                    .hi = 1e9});
  params.push_back({.name = "timeout",
                    .type = Type::duration,
                    .help = job ? "of an attempt, from when a worker takes it: Celery's time_limit; absent: none"
                                : "of an attempt, from when the client sends it until he gives it up; absent: none",
                    .lo = 0.000'001,
                    .hi = 86'400});
  if (!job) params.push_back(deadline_param());
  params.push_back({.name = "after_timeout",
                    .type = Type::choice,
                    .help = "\"stops\": the running step ends, as an uncancelled statement of PostgreSQL does, and no "
                            "further step begins; \"goes-on\": all steps run, without a client; absent: stops",
                    .source = "PostgreSQL client_connection_check_interval = 0; nginx proxy_ignore_client_abort",
                    .choices = {"stops", "goes-on"}});
  params.push_back(retries_param());
  params.push_back(breaker_param());
  return params;
}

FigureSpecs guard_figures(bool job) {
  const FigureSpecs retries = retry_figures(), breaker = breaker_figures();
  FigureSpecs figures = {retries.front(), &shed_figure};
  figures.insert(figures.end(), breaker.begin(), breaker.end());
  figures.insert(figures.end(), retries.begin() + 1, retries.end());
  if (!job) figures.insert(figures.end(), {&bulkhead_use_figure, &bulkhead_waiting_figure});
  return figures;
}

void check_guard(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  if (p.has("bulkhead") && p.has("workers"))
    problems.push_back({find(p.values(), "bulkhead")->where, path + ".bulkhead",
                        "must be left out where there are workers: their concurrency is the limit", ""});
}

std::unique_ptr<Guard> make_guard(Build& build, const Section& section, const core::Counter& offered,
                                  const Guards& named) {
  const Params& p = section.params;
  bool any = false;
  for (const char* name :
       {"web", "workers", "bulkhead", "container", "max_in_flight", "timeout", "deadline", "retries", "breaker"})
    any = any || p.has(name);
  if (!any) return nullptr;
  auto guard = std::make_unique<Guard>();
  guard->breaker = make_breaker(build, section, offered);
  guard->retries = make_retries(build, section, offered);
  if (p.has("timeout")) guard->timeout = p.duration("timeout");
  if (p.has("deadline")) guard->deadline = p.duration("deadline");
  guard->goes_on = p.has("after_timeout") && p.text("after_timeout") == "goes-on";
  if (p.has("web")) {
    guard->web = named.webs.at(p.text("web")).get();
    if (guard->web->read_timeout() < guard->timeout) {
      guard->timeout = guard->web->read_timeout();
      guard->timeout_error = ClientError::gateway_timeout;
    }
  }
  if (p.has("container")) guard->container = named.containers.at(p.text("container")).get();
  if (p.has("max_in_flight")) {
    guard->max_in_flight = static_cast<std::uint64_t>(p.count("max_in_flight"));
    guard->shed = &build.meters.ratio(shed_figure, section.subject(), offered);
  }
  if (p.has("bulkhead")) {
    guard->bulkhead = make_bulkhead(build, section);
    guard->gate = guard->bulkhead.get();
  }
  if (p.has("workers")) guard->gate = named.workers.at(p.text("workers")).get();
  return guard;
}

}  // namespace capplan::models
