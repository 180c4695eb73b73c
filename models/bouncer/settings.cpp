#include "models/bouncer/settings.h"

#include "models/idle.h"

namespace capplan::models {

namespace {

const char* without_reserve(const Placed& bouncer) {
  const Params& p = bouncer.section().params;
  return p.has("reserve_pool_size") && p.count("reserve_pool_size") > 0 ? nullptr : "reserve_pool_size is 0";
}

const char* without_reset(const Placed& bouncer) {
  const Params& p = bouncer.section().params;
  const bool resets = p.text("pool_mode") == "session" || p.flag("server_reset_query_always");
  return resets ? nullptr : "PgBouncer sends it with pool_mode = \"session\" alone";
}

}  // namespace

BouncerSettings read_settings(const Params& p) {
  const std::string& mode = p.text("pool_mode");
  const auto count = [&](const char* name) { return static_cast<int>(p.count(name)); };
  BouncerSettings s;
  s.pool_mode = mode == "session"       ? PoolMode::session
                : mode == "transaction" ? PoolMode::transaction
                                        : PoolMode::statement;
  s.servers = {.default_pool_size = count("default_pool_size"),
               .min_pool_size = count("min_pool_size"),
               .reserve_pool_size = count("reserve_pool_size"),
               .reserve_pool_timeout = p.duration("reserve_pool_timeout"),
               .max_db_connections = count("max_db_connections"),
               .max_user_connections = count("max_user_connections"),
               .server_login_retry = p.duration("server_login_retry"),
               .server_connect_timeout = p.duration("server_connect_timeout"),
               .server_idle_timeout = p.duration("server_idle_timeout"),
               .server_lifetime = p.duration("server_lifetime"),
               .server_check_delay = p.duration("server_check_delay"),
               .server_check_query = !p.text("server_check_query").empty(),
               .server_round_robin = p.flag("server_round_robin"),
               .session = s.pool_mode == PoolMode::session,
               .max_prepared_statements = static_cast<std::uint32_t>(p.count("max_prepared_statements"))};
  s.max_client_conn = static_cast<std::uint32_t>(p.count("max_client_conn"));
  s.max_db_client_connections = count("max_db_client_connections");
  s.max_user_client_connections = count("max_user_client_connections");
  s.query_wait_timeout = p.duration("query_wait_timeout");
  s.query_timeout = p.duration("query_timeout");
  s.transaction_timeout = p.duration("transaction_timeout");
  s.idle_transaction_timeout = p.duration("idle_transaction_timeout");
  s.client_idle_timeout = p.duration("client_idle_timeout");
  s.client_login_timeout = p.duration("client_login_timeout");
  s.resets = !p.text("server_reset_query").empty();
  s.reset_always = p.flag("server_reset_query_always");
  s.turn_time = p.duration("query_cpu") / 2;
  s.login_time = p.has("login_cpu") ? p.duration("login_cpu") : s.turn_time;
  return s;
}

std::vector<Param> bouncer_params() {
  const std::string main = "pgbouncer src/main.c (config table)";
  const std::string launch = "pgbouncer src/objects.c (launch_new_connection)";
  return {
      {.name = "server",
       .type = Type::reference,
       .help = "the server behind it",
       .required = true,
       .choices = {"server"}},
      {.name = "pool_mode",
       .type = Type::choice,
       .fallback = "session",
       .help = "what a client keeps its server connection for",
       .source = main,
       .choices = {"session", "transaction", "statement"}},
      {.name = "max_client_conn",
       .type = Type::count,
       .fallback = "100",
       .help = "client connections; one more is refused",
       .source = main,
       .lo = 1,
       .hi = 1e6},
      {.name = "max_db_client_connections",
       .type = Type::count,
       .fallback = "0",
       .help = "client connections to one database; one more is refused; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 1e6},
      {.name = "max_user_client_connections",
       .type = Type::count,
       .fallback = "0",
       .help = "client connections of one user; one more is refused; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 1e6},
      {.name = "default_pool_size",
       .type = Type::count,
       .fallback = "20",
       .help = "server connections for each pair of database and user; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 100'000,
       .costs = true},
      {.name = "min_pool_size",
       .type = Type::count,
       .fallback = "0",
       .help = "server connections kept open, opened one each third of a second",
       .source = main,
       .lo = 0,
       .hi = 100'000},
      {.name = "reserve_pool_size",
       .type = Type::count,
       .fallback = "0",
       .help = "further connections when the first client has waited reserve_pool_timeout",
       .source = launch,
       .lo = 0,
       .hi = 100'000,
       .costs = true},
      {.name = "reserve_pool_timeout",
       .type = Type::duration,
       .fallback = "5s",
       .help = "wait of the first client that opens the reserve; 0: never",
       .source = launch,
       .lo = 0,
       .hi = 86'400,
       .idle = without_reserve},
      {.name = "max_db_connections",
       .type = Type::count,
       .fallback = "0",
       .help = "server connections of a database, all users together; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 100'000},
      {.name = "max_user_connections",
       .type = Type::count,
       .fallback = "0",
       .help = "server connections of a user, all databases together; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 100'000},
      {.name = "query_wait_timeout",
       .type = Type::duration,
       .fallback = "120s",
       .help = "longest wait for a server connection, checked every 1/3 s from a random moment on; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "query_timeout",
       .type = Type::duration,
       .fallback = "0",
       .help = "longest statement, its wait for a server connection included, checked every 1/3 s; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "transaction_timeout",
       .type = Type::duration,
       .fallback = "0",
       .help = "longest transaction, its wait for a server connection included; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "idle_transaction_timeout",
       .type = Type::duration,
       .fallback = "0",
       .help = "longest pause within a transaction; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "client_idle_timeout",
       .type = Type::duration,
       .fallback = "0",
       .help = "an idle client without a server connection is closed after this; 0: never",
       .source = main,
       .lo = 0,
       .hi = 1e7},
      {.name = "client_login_timeout",
       .type = Type::duration,
       .fallback = "60s",
       .help = "longest login of a client, the wait for a server that is down included; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "server_login_retry",
       .type = Type::duration,
       .fallback = "15s",
       .help = "pause after a failed login to the server",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "server_connect_timeout",
       .type = Type::duration,
       .fallback = "15s",
       .help = "longest opening of a server connection; 0: no limit",
       .source = main,
       .lo = 0,
       .hi = 86'400},
      {.name = "server_idle_timeout",
       .type = Type::duration,
       .fallback = "600s",
       .help = "a server connection idle for longer is closed; 0: never",
       .source = main,
       .lo = 0,
       .hi = 1e7},
      {.name = "server_lifetime",
       .type = Type::duration,
       .fallback = "3600s",
       .help = "an unlinked server connection older than this is closed; 0: used once, then closed",
       .source = main,
       .lo = 0,
       .hi = 1e7},
      {.name = "server_check_delay",
       .type = Type::duration,
       .fallback = "30s",
       .help = "a server connection unused for longer is checked before its next use",
       .source = main,
       .lo = 0,
       .hi = 1e7},
      {.name = "server_check_query",
       .type = Type::text,
       .fallback = "select 1",
       .help = "the statement that checks it, one round trip; empty: no check",
       .source = "pgbouncer src/janitor.c (launch_recheck)"},
      {.name = "server_reset_query",
       .type = Type::text,
       .fallback = "DISCARD ALL",
       .help = "run when a session ends, before its server connection is used again; empty: none",
       .source = main,
       .idle = without_reset},
      {.name = "server_reset_query_always",
       .type = Type::flag,
       .fallback = "false",
       .help = "run it after each transaction too",
       .source = main},
      {.name = "server_round_robin",
       .type = Type::flag,
       .fallback = "false",
       .help = "reuse the server connection idle longest in place of the last used",
       .source = main},
      {.name = "max_prepared_statements",
       .type = Type::count,
       .fallback = "200",
       .help = "statements kept prepared on a server connection, the last used; 0: clients must not prepare any",
       .source = "pgbouncer src/prepare.c; 200 since 1.24, 0 from 1.21 on, unknown before",
       .lo = 0,
       .hi = 5000,
       .idle = idle::without_parsed_query},
      {.name = "processes",
       .type = Type::count,
       .fallback = "1",
       .help = "processes on one port (so_reuseport), each with a core, pools and limits of its own",
       .source = "pgbouncer doc/config.md (so_reuseport)",
       .lo = 1,
       .hi = 256,
       .costs = true},
      {.name = "query_cpu",
       .type = Type::duration,
       .fallback = "20us",
       .help = "PgBouncer's own processor time for a query, half on the way in, half on the way out; "
               "10-30us without TLS, an assumption",
       .lo = 0,
       .hi = 0.1},
      {.name = "login_cpu",
       .type = Type::duration,
       .help = "PgBouncer's own CPU time for a client's login, TLS and SCRAM, without a round trip; absent: half of "
               "query_cpu",
       .lo = 0,
       .hi = 10},
  };
}

}  // namespace capplan::models
