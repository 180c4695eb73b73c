// The specs of the sections that have no kinds: the scenario itself, queries, requests. What they mean is in walk.cpp.

#include "models/catalog.h"
#include "models/query_class.h"
#include "models/service/guard.h"
#include "models/service/idempotency.h"
#include "models/service/request_class.h"
#include "models/service/step.h"
#include "models/topology.h"

namespace capplan::models {

Spec scenario_section() {
  return {.section = "scenario",
          .help = "what is simulated, and for how long",
          .source = "Law, Simulation Modeling and Analysis, ch. 9: replications, warm-up",
          .params = {
              {.name = "name", .type = Type::text, .fallback = "scenario", .help = "shown in every output"},
              {.name = "description", .type = Type::text, .help = "what the scenario describes"},
              {.name = "duration",
               .type = Type::duration,
               .fallback = "10min",
               .help = "simulated time of one replication, warm-up included",
               .lo = 0.001,
               .hi = 1e8},
              {.name = "warmup",
               .type = Type::duration,
               .help = "simulated time left out at the start; absent: found by MSER-5",
               .source = "White, Cobb and Spratt, Winter Simulation Conference 2000",
               .lo = 0,
               .hi = 1e8},
              {.name = "calibration",
               .type = Type::text,
               .help = "file of costs fitted by `capplan calibrate`, relative to the scenario"},
          }};
}

namespace {

const char* without_index(const Placed& query) {
  return query.node().index == no_section ? "the query searches no index" : nullptr;
}

const char* without_parse(const Placed& query) {
  return query.section().params.duration("parse_cpu") == 0 ? "parse_cpu is 0" : nullptr;
}

/// Of sorts: nobody counts the memory of a server that has any amount, be it the one that answers or a replica in its
/// place.
const char* without_memory_limit(const Placed& query) {
  for (const SectionId server : all_of(query.topology, Role::server))
    if (query.at(server).section().params.has("memory_limit")) return nullptr;
  return "no server has a memory_limit";
}

const char* without_transaction(const Placed& request) {
  return request.section().params.flag("transaction") ? nullptr : "transaction is false";
}

}  // namespace

Spec query_section() {
  return {
      .section = "query",
      .help = "one class of SQL statements: what it costs on the server",
      .source = "PostgreSQL documentation, pg_stat_statements: a class is what is the same but for its constants",
      .validity = "demands of one statement are independent of those of the next",
      .params =
          {
              {.name = "pool",
               .type = Type::reference,
               .help = "the pool it takes its connection from",
               .required = true,
               .unless = "http_pool",
               .choices = {"pool"}},
              {.name = "http_pool",
               .type = Type::reference,
               .help = "in its place: the HTTP client whose connection it takes; cpu is then the other side's time to "
                       "answer",
               .choices = {"http_pool"}},
              {.name = "cpu",
               .type = Type::distribution,
               .help = "time it needs on a core of its own; besides the search where it has an index",
               .required = true,
               .unless = "index",
               .lo = 1e-9,
               .hi = 86'400},
              {.name = "cold",
               .type = Type::distribution,
               .help =
                   "more of it on a backend that has run nothing yet, or was idle for much longer than the server's "
                   "cold_after; absent: none",
               .lo = 0,
               .hi = 86'400},
              {.name = "io",
               .type = Type::distribution,
               .help = "time it needs the disk; absent: none",
               .lo = 0,
               .hi = 86'400},
              {.name = "cpu_per_row",
               .type = Type::duration,
               .help = "more of it for each row of a step's rows, or of a batch; absent: none",
               .lo = 0,
               .hi = 3600},
              {.name = "batch_size",
               .type = Type::count,
               .help = "rows of one statement at most: a step of more rows takes several; absent: all in one",
               .lo = 1,
               .hi = 1e7},
              {.name = "commit",
               .type = Type::flag,
               .fallback = "false",
               .help = "it writes: its commit waits for a WAL flush"},
              {.name = "sorts",
               .type = Type::count,
               .help = "sorts and hashes of its plan that each hold the server's work_mem while it runs, which matters "
                       "where that has a memory_limit; absent: none",
               .source = "PostgreSQL documentation, 20.4 Resource Consumption (work_mem)",
               .lo = 0,
               .hi = 10'000,
               .idle = without_memory_limit},
              {.name = "parse_cpu",
               .type = Type::duration,
               .fallback = "0",
               .help = "more of it where its text is not prepared on the connection: parse, rewrite and plan; 0: all "
                       "is in cpu",
               .source = "PostgreSQL src/backend/tcop/postgres.c (exec_parse_message)",
               .lo = 0,
               .hi = 60},
              {.name = "texts",
               .type = Type::count,
               .fallback = "1",
               .help = "distinct SQL texts of this class, each as frequent; with parse_cpu",
               .lo = 1,
               .hi = 1'000'000,
               .idle = without_parse},
              {.name = "index",
               .type = Type::reference,
               .help = "it orders by distance: the index that it searches, which adds to cpu and io",
               .choices = {"index"}},
              {.name = "limit",
               .type = Type::count,
               .fallback = "10",
               .help = "LIMIT of the search",
               .lo = 1,
               .hi = 100'000,
               .idle = without_index},
              {.name = "selectivity",
               .type = Type::ratio,
               .fallback = "1",
               .help = "share of the rows that pass its WHERE clause",
               .lo = 1e-9,
               .hi = 1,
               .idle = without_index},
              {.name = "filter",
               .type = Type::choice,
               .fallback = "post",
               .help = "how that clause meets the index: after it, or by a partial index or a partition for each value",
               .source = "pgvector 0.8.0 README, Filtering",
               .choices = {"post", "partial-index", "partition"},
               .idle = without_index},
          },
      .figures = {&query_executed, &query_latency, &query_parsed}};
}

namespace {

/// What only those have whom somebody waits for.
std::vector<Param> shared_answer_params() {
  return {
      {.name = "coalesce",
       .type = Type::flag,
       .help = "requests for a key that is being computed wait and share the answer, or its error; absent: each "
               "computes its own",
       .source = "golang/sync singleflight"},
      {.name = "warm",
       .type = Type::count_or_share,
       .help = "number, or fraction, of the hottest keys that are in its caches at the start; absent: none",
       .lo = 1,
       .hi = 200'000'000},
      idempotency_param(),
  };
}

Spec request_or_job(bool job) {
  Spec spec = {
      .section = job ? "job" : "request",
      .help = job ? "what a step puts into the queue of workers, to be done after the answer"
                  : "what a user asks for: steps in order, caches in front",
      .source = job ? "Celery user guide, Tasks; CPython Lib/concurrent/futures/thread.py"
                    : "Nygard, Release It!, 2nd edition 2018, ch. 5, for timeouts, retries, bulkheads and breakers",
      .validity =
          "steps run one after the other; replications share a trace of keys, so that intervals do not hold what "
          "another trace would have brought; an attempt that is given up keeps its place in a pool's line, and "
          "gives the connection back when its turn comes",
      .params =
          {
              steps_param("steps", "what it takes, in order; times = 10 runs one ten times, as the N+1 pattern does",
                          true),
              {.name = "connection",
               .type = Type::choice,
               .fallback = "per-query",
               .help = "whether the application holds its connection for a statement or for the whole request",
               .choices = {"per-query", "per-request"}},
              {.name = "transaction",
               .type = Type::flag,
               .fallback = "false",
               .help = "BEGIN before the steps, COMMIT after; holds the connection for the whole request"},
              {.name = "transaction_cpu",
               .type = Type::duration,
               .fallback = "20us",
               .help = "what BEGIN, COMMIT and ROLLBACK each cost on the server; an assumption, not measured",
               .lo = 0,
               .hi = 1,
               .idle = without_transaction},
              {.name = "caches",
               .type = Type::list,
               .help = "caches asked in order before the first step",
               .fields = {{.name = "cache", .type = Type::reference, .help = "a cache", .choices = {"cache"}}}},
              {.name = "keys",
               .type = Type::keys,
               .help = "keys asked for: drawn, { zipf = 0.9, count = 1_000_000 }, where shift = \"20/min\" has so many "
                       "of them "
                       "come in at the top and all others lose a rank for each; or those of a file, one a line, in "
                       "order and "
                       "over again, { trace = \"keys.csv\" }; needed with caches",
               .source = "Breslau et al., INFOCOM 1999, for Zipf-like popularity"},
              {.name = "key_prefix",
               .type = Type::text,
               .help =
                   "keys of different prefixes are different keys; absent: requests that share a cache share its keys",
               .source = "ioredis keyPrefix"},
              {.name = "ttl",
               .type = Type::duration,
               .help = "time to live of what these requests store, in every tier; absent: that of each cache",
               .lo = 0.000'001,
               .hi = 1e8},
              {.name = "invalidates",
               .type = Type::list,
               .help =
                   "caches that the request's key is taken out of at its end, since it has changed what lies behind",
               .fields = {{.name = "cache", .type = Type::reference, .help = "a cache", .choices = {"cache"}}}},
              {.name = "writes_through",
               .type = Type::list,
               .help = "caches that get the new value under the request's key at its end",
               .fields = {{.name = "cache", .type = Type::reference, .help = "a cache", .choices = {"cache"}}}},
              adaptive_param(),
          },
      .figures = request_figures(job),
      .check = check_request};
  if (!job)
    for (Param& param : shared_answer_params()) spec.params.push_back(std::move(param));
  for (Param& param : guard_params(job)) spec.params.push_back(std::move(param));
  return spec;
}

}  // namespace

Spec request_section() { return request_or_job(false); }
Spec job_section() { return request_or_job(true); }

}  // namespace capplan::models
