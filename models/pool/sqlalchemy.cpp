// SQLAlchemy's pools. QueuePool and AsyncAdaptedQueuePool: starts empty; an acquirer opens a connection as long as
// there are fewer than pool_size + max_overflow, else waits up to pool_timeout; idle ones are reused first in, first
// out unless use_lifo; one that comes back to pool_size idle ones is closed, so that a load about pool_size opens and
// closes all the time. Age and life are looked at when a connection is taken. Who returns one waits for the rollback of
// what is open, and goes on before the thread that he wakes; with the driver asyncpg, after it. NullPool: each checkout
// opens a connection, each return closes it, both in the caller. Source: sqlalchemy lib/sqlalchemy/pool/impl.py
// (QueuePool._do_get, _do_return_conn), pool/base.py
// (_ConnectionRecord.get_connection, _ConnectionFairy._checkout, _reset), util/queue.py.

#include <algorithm>

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

/// What QueuePool and NullPool share: how a connection is given back, and in whose thread.
std::vector<Param> with_return(std::vector<Param> own) {
  const std::vector<Param> shared = {
      {.name = "reset_on_return",
       .type = Type::choice,
       .fallback = "rollback",
       .help = "what runs on return, a round trip that the caller waits for, unless the request has committed",
       .source = "sqlalchemy lib/sqlalchemy/pool/base.py (_ConnectionFairy._reset)",
       .choices = {"rollback", "none"}},
      {.name = "reset_cpu",
       .type = Type::duration,
       .fallback = "20us",
       .help = "what the rollback, and a driver's BEGIN, cost on the server; an assumption, not measured",
       .lo = 0,
       .hi = 1},
      {.name = "driver",
       .type = Type::choice,
       .help = "sends BEGIN, a round trip of its own, before the first statement of a lease, unless "
               "reset_on_return is none; asyncpg: an event loop in the place of threads; absent: threads, and no "
               "BEGIN, as in autocommit",
       .source = "psycopg2 psycopg/pqpath.c (_pq_execute_sync); psycopg psycopg/_connection_base.py "
                 "(_start_query); sqlalchemy lib/sqlalchemy/dialects/postgresql/asyncpg.py (_start_transaction)",
       .choices = {"psycopg2", "psycopg", "asyncpg"}}};
  own.insert(own.end(), shared.begin(), shared.end());
  return own;
}

void read_return(const Params& p, PoolRules& rules) {
  const bool loop = p.has("driver") && p.text("driver") == "asyncpg";
  rules.order = loop ? PoolRules::Order::event_loop : PoolRules::Order::threads;
  if (p.text("reset_on_return") == "rollback") rules.reset = PoolRules::Reset::unless_committed;
  rules.reset_cpu = rules.begin_cpu = p.duration("reset_cpu");
  rules.begins = p.has("driver") && rules.reset != PoolRules::Reset::none;
}

void read(const Params& p, PoolRules& rules) {
  const auto size = static_cast<int>(p.count("pool_size")), overflow = static_cast<int>(p.count("max_overflow"));
  rules.max = overflow >= 0 ? std::max(1, size + overflow) : unlimited_connections;
  if (size > 0) rules.max_idle = size;
  rules.timeout = p.duration("pool_timeout");
  rules.timeout_error = ClientError::sqlalchemy_timeout;
  rules.wakeup = p.duration("wakeup");
  rules.holders = true;
  rules.reuse = p.flag("use_lifo") ? PoolRules::Reuse::newest : PoolRules::Reuse::oldest;
  if (p.has("pool_recycle")) rules.max_lifetime = p.duration("pool_recycle");
  rules.retire = PoolRules::Retire::at_checkout;
  if (p.flag("pre_ping")) rules.check_after = 0;
  rules.check_cpu = p.duration("ping_cpu");
  rules.distrust_older = true;
  read_return(p, rules);
}

void read_null(const Params& p, PoolRules& rules) {
  rules.max = unlimited_connections;
  rules.max_idle = 0;
  read_return(p, rules);
}

}  // namespace

Spec sqlalchemy_pool() {
  const std::string source = "sqlalchemy lib/sqlalchemy/pool/impl.py (QueuePool.__init__)";
  return {
      .section = "pool",
      .kind = "sqlalchemy",
      .help = "SQLAlchemy's QueuePool: pool_size kept, max_overflow opened and closed on demand, rollback on return",
      .source = "sqlalchemy lib/sqlalchemy/pool/impl.py (_do_get, _do_return_conn), pool/base.py (_checkout, _reset)",
      .validity =
          "the driver's own connect timeout is left out; a rollback costs a round trip unless the request ended "
          "its transaction itself (psycopg2 saves it where none was begun); no limit: no utilization",
      .params = pool_params(with_return({
          {.name = "pool_size",
           .type = Type::count,
           .fallback = "5",
           .help = "connections of each instance kept open once opened; 0: all that max_overflow allows, which from "
                   "SQLAlchemy 2.0 on is no limit: write max_overflow = -1",
           .source = source,
           .lo = 0,
           .hi = 100'000,
           .costs = true},
          {.name = "max_overflow",
           .type = Type::count,
           .fallback = "10",
           .help = "more of them while they are needed; -1: no limit",
           .source = source,
           .lo = -1,
           .hi = 100'000,
           .costs = true},
          {.name = "pool_timeout",
           .type = Type::duration,
           .fallback = "30s",
           .help = "longest wait for a connection, its opening not included",
           .source = source,
           .lo = 0.000'001,
           .hi = 86'400},
          {.name = "pool_recycle",
           .type = Type::duration,
           .help = "a connection older than this is replaced when it is taken; absent: never",
           .source = source,
           .lo = 0.001,
           .hi = 1e8},
          {.name = "pre_ping",
           .type = Type::flag,
           .fallback = "false",
           .help = "a round trip before each use of a connection that was idle",
           .source = "sqlalchemy lib/sqlalchemy/pool/base.py (_ConnectionFairy._checkout)"},
          {.name = "ping_cpu",
           .type = Type::duration,
           .fallback = "20us",
           .help = "what a ping costs on the server; an assumption, not measured",
           .lo = 0,
           .hi = 1},
          {.name = "use_lifo",
           .type = Type::flag,
           .fallback = "false",
           .help = "take the connection used last in place of the one idle longest",
           .source = source},
          wakeup_param("sqlalchemy lib/sqlalchemy/util/queue.py (Queue.get): waits again while the queue is empty"),
      })),
      .figures = pool_figures(),
      .make_pool = make_connection_pool,
      .pool_rules = read};
}

Spec null_pool() {
  return {.section = "pool",
          .kind = "null",
          .help = "SQLAlchemy's NullPool: each use opens a connection of its own, rolls back, and closes it",
          .source = "sqlalchemy lib/sqlalchemy/pool/impl.py (NullPool), pool/base.py (_finalize_fairy)",
          .validity = "closing takes no time; the driver's own connect timeout is left out; no limit: no utilization",
          .params = pool_params(with_return({})),
          .figures = pool_figures(),
          .make_pool = make_connection_pool,
          .pool_rules = read_null};
}

}  // namespace capplan::models
