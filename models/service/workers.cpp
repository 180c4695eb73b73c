#include "models/service/workers.h"

#include "models/catalog.h"

namespace capplan::models {

std::unique_ptr<Semaphore> make_workers(Build& build, const Section& section) {
  const Params& p = section.params;
  SemaphoreRules rules{.permits = static_cast<std::uint32_t>(p.count("concurrency")),
                       .timeout_error = ClientError::queue_timeout};
  if (p.has("max_queue")) rules.max_waiting = static_cast<std::size_t>(p.count("max_queue"));
  auto workers = std::make_unique<Semaphore>(build.simulator, rules);
  const auto path = [&](const char* name) { return std::vector<std::string>{"workers", section.name, name}; };
  workers->busy = &build.meters.level(path("utilization"), static_cast<double>(rules.permits));
  workers->waiting = &build.meters.level(path("waiting"));
  workers->wait = &build.meters.histogram(path("wait_s"));
  return workers;
}

Spec workers_section() {
  return {.section = "workers",
          .help = "workers with a queue: Celery processes or threads of a pool, which run jobs behind the answers",
          .source = "CPython Lib/concurrent/futures/thread.py; Celery worker_concurrency",
          .validity =
              "one queue for all workers, first in, first out: no prefetching, no priorities; the broker takes no time",
          .params = {
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
          }};
}

}  // namespace capplan::models
