// Java's HikariCP: one background thread opens all connections, with 30 ms of sleep after each; acquirers take an idle
// connection, the first opened first, or wait for one to be handed over. A connection idle for longer than the alive
// bypass window is asked for a sign of life. A housekeeper closes idle connections beyond minimumIdle every 30 s, and
// orders what is missing; maxLifetime retires each connection by a timer of its own, up to 2.5 % early. Source:
// brettwooldridge/HikariCP src/main/java/com/zaxxer/hikari: HikariConfig.java, pool/HikariPool.java (getConnection,
// PoolEntryCreator, HouseKeeper, fillPool), util/ConcurrentBag.java (borrow, requite).

#include <algorithm>

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  using core::millisecond;
  rules.max = static_cast<int>(p.count("maximumPoolSize"));
  rules.keep_idle = p.has("minimumIdle") ? std::min(static_cast<int>(p.count("minimumIdle")), rules.max) : rules.max;
  rules.opener = PoolRules::Opener::background;
  rules.open_gap = 30 * millisecond;
  rules.retry_first = 10 * millisecond;
  rules.retry_most = 5 * core::second;
  rules.timeout = p.duration("connectionTimeout");
  rules.timeout_covers_opening = true;
  rules.timeout_error = ClientError::hikari_timeout;
  rules.order = PoolRules::Order::threads;
  rules.wakeup = p.duration("wakeup");
  if (!p.flag("autoCommit")) rules.reset = PoolRules::Reset::unless_committed;
  rules.reset_cpu = p.duration("rollback_cpu");
  rules.reuse = PoolRules::Reuse::first_opened;
  rules.check_after = p.duration("aliveBypassWindowMs");
  rules.check_cpu = p.duration("validation_cpu");
  rules.rejoin = true;
  if (rules.keep_idle < rules.max) rules.max_inactive = or_never(p.duration("idleTimeout"));
  rules.max_lifetime = or_never(p.duration("maxLifetime"));
  rules.retire = PoolRules::Retire::by_timer;
  if (rules.max_lifetime > 10 * core::second) rules.lifetime_spread = 0.025;
  rules.first_maintenance = 100 * millisecond;
  rules.maintenance = 30 * core::second;
  rules.keepalive = or_never(p.duration("keepaliveTime"));
  rules.keepalive_spread = 0.1;
}

}  // namespace

Spec hikaricp_pool() {
  const std::string source = "HikariCP HikariConfig.java (constants, validateNumerics)";
  return {
      .section = "pool",
      .kind = "hikaricp",
      .help = "Java's HikariCP: opened one by one in the background, first opened first reused, lifetimes staggered",
      .source = "HikariCP pool/HikariPool.java (getConnection, PoolEntryCreator, HouseKeeper), util/ConcurrentBag.java",
      .validity =
          "the list of connections that a thread used last is left out: all threads look through them in order "
          "of opening; validationTimeout is left out",
      .params = pool_params({
          {.name = "maximumPoolSize",
           .type = Type::count,
           .fallback = "10",
           .help = "most connections of each instance",
           .source = source,
           .lo = 1,
           .hi = 100'000,
           .costs = true},
          {.name = "minimumIdle",
           .type = Type::count,
           .help = "idle connections of each instance that the background thread keeps; absent: maximumPoolSize",
           .source = source,
           .lo = 0,
           .hi = 100'000},
          {.name = "connectionTimeout",
           .type = Type::duration,
           .fallback = "30s",
           .help = "longest wait for a connection, validation included",
           .source = source,
           .lo = 0.25,
           .hi = 86'400},
          {.name = "idleTimeout",
           .type = Type::duration,
           .fallback = "10min",
           .help = "an idle connection beyond minimumIdle is closed by the first housekeeping after this; 0: never",
           .source = source,
           .lo = 0,
           .hi = 1e7},
          {.name = "maxLifetime",
           .type = Type::duration,
           .fallback = "30min",
           .help = "age at which a connection is closed, in use when it is returned; 0: never",
           .source = source,
           .lo = 0,
           .hi = 1e8},
          {.name = "keepaliveTime",
           .type = Type::duration,
           .fallback = "0",
           .help = "how often an idle connection is checked for liveness, up to a tenth earlier; 0: never",
           .source = source,
           .lo = 0,
           .hi = 1e7},
          {.name = "aliveBypassWindowMs",
           .type = Type::duration,
           .fallback = "500ms",
           .help = "a connection idle for less is used without a liveness check",
           .source = "HikariCP pool/HikariPool.java (com.zaxxer.hikari.aliveBypassWindowMs)",
           .lo = 0,
           .hi = 3600},
          {.name = "validation_cpu",
           .type = Type::duration,
           .fallback = "20us",
           .help = "what a liveness check costs on the server; an assumption, not measured",
           .lo = 0,
           .hi = 1},
          {.name = "autoCommit",
           .type = Type::flag,
           .fallback = "true",
           .help = "false: close() rolls back what the request has not committed, a round trip that it waits for; the "
                   "driver's BEGIN goes with the first statement",
           .source = "HikariCP pool/ProxyConnection.java (close)"},
          {.name = "rollback_cpu",
           .type = Type::duration,
           .fallback = "20us",
           .help = "what that rollback costs on the server; an assumption, not measured",
           .lo = 0,
           .hi = 1},
          wakeup_param("HikariCP util/ConcurrentBag.java (requite): free for all before it is handed to a waiter"),
      }),
      .figures = pool_figures(),
      .make_pool = make_connection_pool,
      .pool_rules = read};
}

}  // namespace capplan::models
