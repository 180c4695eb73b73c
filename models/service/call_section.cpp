// The section of an external call: its parameters and figures.

#include "models/catalog.h"
#include "models/service/call.h"
#include "models/service/call_figures.h"

namespace capplan::models {

Spec call_section() {
  Spec spec = {
      .section = "call",
      .help = "an external call, such as an embedding: its time, its errors, and the limit on how many run at once",
      .source = "CPython Lib/asyncio/locks.py (Semaphore); httpx Timeout; Resilience4j for breaker and retries",
      .validity =
          "the other side has room for all: its time does not depend on the load; one that is given up costs it "
          "and this side nothing more, but keeps its place in the line for a connection; a permit and a connection "
          "are held for a try and not for the pause after it",
      .params =
          {
              {.name = "time",
               .type = Type::distribution,
               .help = "of a try on the other side, network included",
               .required = true,
               .lo = 1e-9,
               .hi = 86'400},
              {.name = "http_pool",
               .type = Type::reference,
               .help = "the HTTP client whose connection each try takes, once it has a permit: a timeout of that wait "
                       "is a failed try, a timeout of the call closes it; absent: no limit, opened at no cost",
               .source = "httpcore httpcore/_async/connection_pool.py (handle_async_request)",
               .choices = {"http_pool"}},
              {.name = "concurrency",
               .type = Type::count,
               .help = "how many each instance has running at once; absent: any number",
               .lo = 1,
               .hi = 1e6,
               .costs = true},
              {.name = "instances",
               .type = Type::count,
               .fallback = "1",
               .help = "processes, each with a semaphore of its own; requests go to them round-robin",
               .lo = 1,
               .hi = 1000},
              {.name = "max_waiting",
               .type = Type::count,
               .help = "how many may wait for one; absent: any number",
               .lo = 0,
               .hi = 1e9},
              {.name = "max_wait",
               .type = Type::duration,
               .help = "longest wait for one; absent: no limit",
               .lo = 0.000'001,
               .hi = 86'400},
              {.name = "error_rate",
               .type = Type::ratio,
               .fallback = "0",
               .help = "share of tries that fail",
               .lo = 0,
               .hi = 1},
              {.name = "error_time",
               .type = Type::distribution,
               .help = "of a try that fails; absent: as of one that does not",
               .lo = 0,
               .hi = 86'400},
              {.name = "timeout",
               .type = Type::duration,
               .help = "longest time of a try, its wait not counted; absent: no limit",
               .lo = 0.000'001,
               .hi = 86'400},
              deadline_param(),
              retries_param(),
              breaker_param(),
          },
      .figures = {&call_calls_figure, &call_ended_figure, &call_error_figure, &call_utilization_figure,
                  &call_waiting_figure, &call_wait_figure, &call_latency_figure}};
  for (const FigureSpecs& more : {retry_figures(), breaker_figures()})
    spec.figures.insert(spec.figures.end(), more.begin(), more.end());
  return spec;
}

}  // namespace capplan::models
