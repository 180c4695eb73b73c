// node-postgres' pg-pool: opens nothing ahead; a request that finds no idle client opens one up to max, any number at
// the same time; else it queues, first in, first out. The client used last is reused first; one idle for
// idleTimeoutMillis is closed while there are more than min. Waiting and connecting have a timeout each, of the same
// length and with a message of its own. Source: brianc/node-postgres packages/pg-pool/index.js (connect, newClient,
// _pulseQueue, _release).

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  rules.max = static_cast<int>(p.count("max"));
  rules.keep_idle = static_cast<int>(p.count("min"));
  rules.max_inactive = or_never(p.duration("idleTimeoutMillis"));
  rules.timeout = rules.open_timeout = or_never(p.duration("connectionTimeoutMillis"));
  rules.timeout_error = ClientError::pg_pool_timeout;
  rules.notices_closed = true;
  rules.open_timeout_error = ClientError::pg_pool_connect_timeout;
  if (p.has("maxUses")) rules.max_uses = p.count("maxUses");
  rules.max_lifetime = or_never(p.duration("maxLifetimeSeconds"));
  rules.retire = PoolRules::Retire::by_timer;
}

}  // namespace

Spec pg_pool() {
  const std::string source = "node-postgres packages/pg-pool/index.js (constructor)";
  return {.section = "pool",
          .kind = "pg-pool",
          .help = "Node's pg-pool: opens on demand, last used first reused, idle clients closed after ten seconds",
          .source = "node-postgres packages/pg-pool/index.js (connect, newClient, _pulseQueue, _release)",
          .validity =
              "a request that queued for one timeout may connect for another; the event loop's own time is left out",
          .params = pool_params({
              {.name = "max",
               .type = Type::count,
               .fallback = "10",
               .help = "most clients of each instance",
               .source = source,
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "min",
               .type = Type::count,
               .fallback = "0",
               .help = "clients that the idle timeout leaves open; none is opened ahead",
               .source = source,
               .lo = 0,
               .hi = 100'000},
              {.name = "idleTimeoutMillis",
               .type = Type::duration,
               .fallback = "10s",
               .help = "an idle client is closed after this; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e7},
              {.name = "connectionTimeoutMillis",
               .type = Type::duration,
               .fallback = "0",
               .help = "longest wait for a client, and longest opening of one; 0: no limit",
               .source = source,
               .lo = 0,
               .hi = 86'400},
              {.name = "maxUses",
               .type = Type::count,
               .help = "leases after which a client is closed; absent: no limit",
               .source = source,
               .lo = 1,
               .hi = 1e12},
              {.name = "maxLifetimeSeconds",
               .type = Type::duration,
               .fallback = "0",
               .help = "a client older than this is closed, when idle at once; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e8},
          }),
          .figures = pool_figures(),
          .make_pool = make_connection_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
