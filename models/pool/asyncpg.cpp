// asyncpg's Pool: min_size connections opened at the start, the first alone and then the others together, before
// anybody is served; more opened by whoever needs one up to max_size; the last released is reused first, and one that
// was closed in use leaves its empty holder in that place; waiters first in, first out; who returns a connection waits
// for a reset query, and goes on after the waiter that he wakes; min_size is not kept. Source: MagicStack/asyncpg
// asyncpg/pool.py (Pool._initialize, _acquire, PoolConnectionHolder.release), connection.py.

#include <algorithm>

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

constexpr const char* wakeup_source =
    "CPython Lib/asyncio/queues.py (Queue.get): the loser appends itself again; 20us is an assumption, not measured";

void read(const Params& p, PoolRules& rules) {
  rules.max = static_cast<int>(p.count("max_size"));
  rules.open_ahead = std::min(static_cast<int>(p.count("min_size")), rules.max);
  rules.ahead = PoolRules::Ahead::first_alone;
  if (p.has("timeout")) rules.timeout = p.duration("timeout");
  rules.timeout_covers_opening = true;
  rules.timeout_error = ClientError::asyncpg_timeout;
  rules.notices_closed = true;
  rules.order = PoolRules::Order::event_loop;
  rules.wakeup = p.duration("wakeup");
  rules.holders = true;
  if (p.flag("reset_query")) rules.reset = PoolRules::Reset::always;
  rules.reset_cpu = p.duration("reset_cpu");
  rules.max_inactive = or_never(p.duration("max_inactive_connection_lifetime"));
  rules.max_statements = p.count("max_queries");
  if (p.has("command_timeout")) rules.login.command_timeout = p.duration("command_timeout");
}

}  // namespace

Spec asyncpg_pool() {
  const std::string source = "asyncpg asyncpg/pool.py (create_pool)";
  return {.section = "pool",
          .kind = "asyncpg",
          .help = "Python's asyncpg pool: grows on demand, last released first reused, resets on return",
          .source = "asyncpg asyncpg/pool.py (_acquire, PoolConnectionHolder.release)",
          .validity =
              "a woken waiter is overtaken only within wakeup; requests that come before min_size connections are "
              "open wait for all of them, as create_pool does; one whose first connection fails goes on, where "
              "create_pool raises; min_size above max_size and max_queries = 0, for which create_pool raises "
              "ValueError, are taken as min_size = max_size and no limit; "
              "command_timeout counts from a statement's arrival at the server",
          .params = pool_params({
              {.name = "min_size",
               .type = Type::count,
               .fallback = "10",
               .help = "connections of each instance opened at the start (at most max_size)",
               .source = source,
               .lo = 0,
               .hi = 100'000},
              {.name = "max_size",
               .type = Type::count,
               .fallback = "10",
               .help = "most connections of each instance",
               .source = source,
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "timeout",
               .type = Type::duration,
               .help = "acquire timeout, opening included; absent: no timeout",
               .source = source,
               .lo = 0.000'001,
               .hi = 86'400},
              {.name = "command_timeout",
               .type = Type::duration,
               .help = "longest statement, after which the driver has the server cancel it; absent: no limit",
               .source = "asyncpg asyncpg/connection.py (connect)",
               .lo = 0.000'001,
               .hi = 86'400},
              {.name = "max_queries",
               .type = Type::count,
               .fallback = "50000",
               .help = "statements, resets included, after which a released connection is closed; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e12},
              {.name = "max_inactive_connection_lifetime",
               .type = Type::duration,
               .fallback = "300s",
               .help = "an idle connection is closed after this; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e7},
              {.name = "reset_query",
               .type = Type::flag,
               .fallback = "true",
               .help = "run the reset script on return, a round trip that the caller waits for",
               .source = "asyncpg asyncpg/connection.py (get_reset_query)"},
              {.name = "reset_cpu",
               .type = Type::duration,
               .fallback = "30us",
               .help = "what the reset script costs on the server; an assumption, not measured",
               .lo = 0,
               .hi = 1},
              wakeup_param(wakeup_source, "20us"),
          }),
          .figures = pool_figures(),
          .make_pool = make_connection_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
