#include "models/service/workers.h"

#include "models/catalog.h"
#include "models/service/prefetching_workers.h"
#include "models/service/semaphore.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec utilization_figure{.name = "utilization",
                                              .unit = Unit::ratio,
                                              .help = "workers busy, as a share of all",
                                              .better = Better::down,
                                              .aggregation = Aggregation::level,
                                              .heading = "use",
                                              .column = Column::always};
constexpr core::FigureSpec waiting_figure{.name = "waiting",
                                          .help = "jobs or requests in the queue",
                                          .better = Better::down,
                                          .aggregation = Aggregation::level,
                                          .heading = "waiting",
                                          .column = Column::always,
                                          .stock = true};
constexpr core::FigureSpec reserved_figure{.name = "reserved",
                                           .help = "jobs that a node has prefetched and not begun",
                                           .better = Better::down,
                                           .aggregation = Aggregation::level,
                                           .heading = "at nodes",
                                           .column = Column::if_any,
                                           .stock = true,
                                           .absent = "without worker_prefetch_multiplier"};
constexpr core::FigureSpec wait_figure{.name = "wait_s",
                                       .unit = Unit::seconds,
                                       .help = "from entering the queue to a worker or giving up",
                                       .better = Better::down,
                                       .aggregation = Aggregation::histogram,
                                       .heading = "wait",
                                       .column = Column::always,
                                       .statistics = "mean p95 p99"};

std::unique_ptr<Gate> make_prefetching(Build& build, const Section& section) {
  const Params& p = section.params;
  PrefetchRules rules{.nodes = p.has("nodes") ? static_cast<std::uint32_t>(p.count("nodes")) : 1};
  rules.of_node = static_cast<std::uint32_t>(p.count("concurrency")) / rules.nodes;
  if (const auto multiplier = static_cast<std::size_t>(p.count("worker_prefetch_multiplier")); multiplier > 0)
    rules.window = multiplier * rules.of_node;
  rules.acks_late = p.has("acks_late") && p.flag("acks_late");
  if (p.has("max_queue")) rules.max_waiting = static_cast<std::size_t>(p.count("max_queue"));
  auto workers = std::make_unique<PrefetchingWorkers>(build.simulator, rules);
  const std::vector<std::string> of = section.subject();
  workers->busy = &build.meters.level(utilization_figure, of, static_cast<double>(rules.nodes * rules.of_node));
  workers->waiting = &build.meters.level(waiting_figure, of);
  workers->reserved = &build.meters.level(reserved_figure, of);
  workers->wait = &build.meters.histogram(wait_figure, of);
  return workers;
}

void check_workers(const Params& p, const std::string& path, std::vector<core::Problem>& problems) {
  for (const char* name : {"nodes", "acks_late"})
    if (p.has(name) && !p.has("worker_prefetch_multiplier"))
      problems.push_back({find(p.values(), name)->where, path + "." + name,
                          "makes no difference where nobody prefetches: all take from one queue",
                          "write worker_prefetch_multiplier = 4, which is Celery's default"});
  if (p.has("nodes") && p.count("concurrency") % p.count("nodes") != 0)
    problems.push_back({find(p.values(), "nodes")->where, path + ".nodes",
                        "must divide concurrency, which is of all of them together", ""});
}

}  // namespace

std::unique_ptr<Gate> make_workers(Build& build, const Section& section) {
  const Params& p = section.params;
  if (p.has("worker_prefetch_multiplier")) return make_prefetching(build, section);
  SemaphoreRules rules{.permits = static_cast<std::uint32_t>(p.count("concurrency")),
                       .timeout_error = ClientError::queue_timeout};
  if (p.has("max_queue")) rules.max_waiting = static_cast<std::size_t>(p.count("max_queue"));
  auto workers = std::make_unique<Semaphore>(build.simulator, rules);
  const std::vector<std::string> of = section.subject();
  workers->busy = &build.meters.level(utilization_figure, of, static_cast<double>(rules.permits));
  workers->waiting = &build.meters.level(waiting_figure, of);
  workers->wait = &build.meters.histogram(wait_figure, of);
  return workers;
}

Spec workers_section() {
  const std::string prefetch = "Celery user guide, Optimizing: Prefetch Limits, Reserve one task at a time";
  return {.section = "workers",
          .help = "workers with a queue: Celery processes or threads of a pool, which run jobs after the answers",
          .source = "CPython Lib/concurrent/futures/thread.py; Celery worker_concurrency",
          .validity =
              "one queue for all workers, first in, first out, unless worker_prefetch_multiplier is written; no "
              "priorities; the broker takes no time",
          .params =
              {
                  {.name = "concurrency",
                   .type = Type::count,
                   .fallback = "10",
                   .help = "workers: max_workers of a thread pool, Celery's concurrency times its nodes",
                   .lo = 1,
                   .hi = 1e6,
                   .costs = true},
                  {.name = "max_queue",
                   .type = Type::count,
                   .help = "jobs that may wait, one more is refused; absent: any number",
                   .lo = 0,
                   .hi = 1e9},
                  {.name = "worker_prefetch_multiplier",
                   .type = Type::count,
                   .help = "jobs that a node takes from the broker before it can begin them, times its workers; 0: any "
                           "number; Celery's default is 4; absent: none, all workers take from one queue",
                   .source = prefetch,
                   .lo = 0,
                   .hi = 1e6},
                  {.name = "nodes",
                   .type = Type::count,
                   .help = "with worker_prefetch_multiplier, nodes that share concurrency evenly; absent: 1",
                   .source = prefetch,
                   .lo = 1,
                   .hi = 10'000},
                  {.name = "acks_late",
                   .type = Type::flag,
                   .help = "with worker_prefetch_multiplier, a job counts until it ends, not until it begins: with a "
                           "multiplier of 1 no node holds a job that it cannot begin; absent: false",
                   .source = prefetch},
              },
          .figures = {&utilization_figure, &waiting_figure, &reserved_figure, &wait_figure},
          .check = check_workers};
}

}  // namespace capplan::models
