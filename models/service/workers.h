#pragma once
// A pool of workers with a queue, as [workers.NAME]: Celery's worker processes, a ThreadPoolExecutor's threads. Jobs,
// and requests that name it, take a worker first in, first out and keep it to their end. Sources: CPython
// Lib/concurrent/futures/thread.py (an unbounded SimpleQueue, max_workers threads); Celery worker_concurrency. With
// worker_prefetch_multiplier they are Celery's nodes, which keep jobs that another one could begin
// (prefetching_workers.h). Left out: the broker's own time. Oracle: M/M/c.

#include <memory>

#include "models/build.h"
#include "models/service/gate.h"

namespace capplan::models {

/// The workers of a section, with their meters.
std::unique_ptr<Gate> make_workers(Build& build, const Section& section);

}  // namespace capplan::models
