// Rust's sqlx: a fair semaphore of max_connections permits is the queue; its holder takes the connection idle longest
// and pings it, or opens one, and tries again for as long as acquire_timeout lasts where the server has no slot left. A
// return pings once more before the permit is free. One maintenance task closes what is idle or old, up to a period
// late, and opens min_connections again, one by one. Source: launchbadge/sqlx sqlx-core/src/pool/options.rs, inner.rs
// (acquire, connect, spawn_maintenance_tasks), connection.rs (return_to_pool); sqlx-postgres/src/error.rs
// (is_transient_in_connect_phase).

#include <algorithm>

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  rules.max = static_cast<int>(p.count("max_connections"));
  rules.keep_open = std::min(static_cast<int>(p.count("min_connections")), rules.max);
  rules.open_ahead = std::max(1, rules.keep_open);  // PoolOptions::connect acquires one to see that it can
  rules.ahead = PoolRules::Ahead::one_by_one;
  rules.retry_first = 10 * core::millisecond;
  rules.retry_share = 0.2;
  rules.timeout = p.duration("acquire_timeout");
  rules.timeout_covers_opening = true;
  rules.timeout_error = ClientError::sqlx_timeout;
  rules.reuse = PoolRules::Reuse::oldest;
  if (p.flag("test_before_acquire")) rules.check_after = 0;
  rules.check_cpu = rules.reset_cpu = p.duration("ping_cpu");
  rules.reset = PoolRules::Reset::always;
  rules.resets_in_caller = false;
  rules.max_inactive = or_never(p.duration("idle_timeout"));
  rules.max_lifetime = or_never(p.duration("max_lifetime"));
  rules.maintenance = std::min(rules.max_inactive, rules.max_lifetime);
}

}  // namespace

Spec sqlx_pool() {
  const std::string source = "sqlx sqlx-core/src/pool/options.rs (PoolOptions::new)";
  return {.section = "pool",
          .kind = "sqlx",
          .help = "Rust's sqlx pool: strictly fair, a ping before and after each use, openings tried again",
          .source = "sqlx sqlx-core/src/pool/inner.rs (acquire, connect), connection.rs (return_to_pool)",
          .validity =
              "of refusals those for want of a slot (53300) are tried again; a pool that cannot open its first "
              "connection goes on, where connect returns the error",
          .params = pool_params({
              {.name = "max_connections",
               .type = Type::count,
               .fallback = "10",
               .help = "most connections of each instance",
               .source = source,
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "min_connections",
               .type = Type::count,
               .fallback = "0",
               .help = "connections of each instance opened at the start, and again by maintenance",
               .source = source,
               .lo = 0,
               .hi = 100'000},
              {.name = "acquire_timeout",
               .type = Type::duration,
               .fallback = "30s",
               .help = "longest acquire: wait, ping and opening together",
               .source = source,
               .lo = 0.000'001,
               .hi = 86'400},
              {.name = "idle_timeout",
               .type = Type::duration,
               .fallback = "10min",
               .help = "an idle connection is closed by the first maintenance after this; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e7},
              {.name = "max_lifetime",
               .type = Type::duration,
               .fallback = "30min",
               .help = "a connection older than this is closed on return or by maintenance; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e8},
              {.name = "test_before_acquire",
               .type = Type::flag,
               .fallback = "true",
               .help = "a round trip before each use of a connection that was idle",
               .source = source},
              {.name = "ping_cpu",
               .type = Type::duration,
               .fallback = "10us",
               .help = "what a ping (Sync alone) costs on the server; an assumption, not measured",
               .lo = 0,
               .hi = 1},
          }),
          .figures = pool_figures(),
          .make_pool = make_connection_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
