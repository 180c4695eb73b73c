#pragma once
// Every error a client of the simulated service can get, under the name the real system gives it. Sources: PgBouncer
// src/client.c, src/janitor.c, src/objects.c; PostgreSQL src/backend/utils/init/postinit.c, storage/lmgr/proc.c,
// tcop/backend_startup.c;
// asyncpg asyncpg/pool.py; SQLAlchemy lib/sqlalchemy/pool/impl.py; node-postgres packages/pg-pool/index.js; sqlx
// sqlx-core/src/error.rs; HikariCP pool/HikariPool.java; httpx httpx/_exceptions.py; nginx src/core/ngx_connection.c,
// src/http/ngx_http_special_response.c; Resilience4j BulkheadFullException, CallNotPermittedException; gRPC
// doc/statuscodes.md.

#include <array>
#include <cstdint>
#include <string_view>

namespace capplan::models {

enum class ClientError : std::uint8_t {
  none,
  pool_timeout,
  asyncpg_timeout,
  max_client_conn,
  query_wait_timeout,
  statement_mode_transaction,
  server_login_retry,
  too_many_clients,
  reserved_slots,
  server_closed,
  connection_refused,
  max_db_client_connections,
  max_user_client_connections,
  server_conn_crashed,
  query_timeout_waiting,
  query_timeout,
  transaction_timeout,
  idle_transaction_timeout,
  client_idle_timeout,
  client_login_timeout,
  client_login_timeout_server_down,
  request_timeout,
  gateway_timeout,
  worker_connections,
  shed,
  queue_full,
  queue_timeout,
  codel_shed,
  breaker_open,
  call_failed,
  call_timeout,
  semaphore_full,
  semaphore_timeout,
  container_down,
  container_killed,
  sqlalchemy_timeout,
  pg_pool_timeout,
  pg_pool_connect_timeout,
  sqlx_timeout,
  hikari_timeout,
  httpx_pool_timeout,
  httpx_connect_timeout,
  idempotency_conflict,
  in_recovery,
  deadline_exceeded,
  statement_timeout,
  command_timeout,
};

struct ClientErrorInfo {
  std::string_view name;  ///< what the client sees: the key in results
  std::string_view raised_by;
  std::string_view remedy;
};

inline constexpr auto client_errors = std::to_array<ClientErrorInfo>({
    {"", "", ""},
    {"pool_timeout", "pool", "a larger pool, a longer timeout, or less time on the connection"},
    {"asyncpg TimeoutError", "asyncpg Pool.acquire",
     "a larger max_size, a longer timeout, or less time on the connection"},
    {"no more connections allowed (max_client_conn)", "PgBouncer", "raise max_client_conn"},
    {"query_wait_timeout", "PgBouncer", "a larger default_pool_size, or a longer query_wait_timeout"},
    {"transaction blocks not allowed in statement pooling mode", "PgBouncer", "pool_mode = \"transaction\""},
    {"server login has been failing (server_login_retry)", "PgBouncer", "see that the server accepts connections"},
    {"sorry, too many clients already", "PostgreSQL", "raise max_connections, or pool connections"},
    {"remaining connection slots are reserved for roles with the SUPERUSER attribute", "PostgreSQL",
     "raise max_connections, or pool connections"},
    {"server closed the connection unexpectedly", "libpq",
     "another server to fail over to, and a retry of the request"},
    {"Connection refused", "the operating system", "another server to fail over to, and a retry of the request"},
    {"client connections exceeded (max_db_client_connections)", "PgBouncer", "raise max_db_client_connections"},
    {"client connections exceeded (max_user_client_connections)", "PgBouncer", "raise max_user_client_connections"},
    {"server conn crashed?", "PgBouncer", "another server to fail over to, and a retry of the request"},
    {"query_timeout", "PgBouncer",
     "a larger default_pool_size, or a longer query_timeout: the wait for a server counts"},
    {"query timeout", "PgBouncer", "a faster statement, or a longer query_timeout"},
    {"transaction timeout", "PgBouncer", "shorter transactions, or a longer transaction_timeout"},
    {"idle transaction timeout", "PgBouncer", "less time between the statements of a transaction"},
    {"client_idle_timeout", "PgBouncer", "a longer client_idle_timeout than what the application's pool keeps idle"},
    {"client_login_timeout", "PgBouncer", "a processor of its own for PgBouncer, or more processes"},
    {"client_login_timeout (server down)", "PgBouncer", "see that the server accepts connections"},
    {"timeout", "client", "find where the time goes; a longer timeout; fewer retries of others"},
    {"504 Gateway Time-out (proxy_read_timeout)", "web server",
     "find where the time goes, or a longer proxy_read_timeout"},
    {"worker_connections are not enough", "web server", "raise worker_connections"},
    {"503 shed (max_in_flight)", "service", "add capacity; raise max_in_flight only where there is some"},
    {"BulkheadFullException", "bulkhead", "raise max_concurrent or max_waiting; for a queue of workers, more of them"},
    {"bulkhead timeout (max_wait)", "bulkhead",
     "raise max_concurrent or max_wait; for a queue of workers, more of them"},
    {"503 shed (CoDel)", "bulkhead", "add capacity: the queue did not drain for a whole interval"},
    {"CallNotPermittedException (circuit breaker open)", "circuit breaker", "mend what fails behind it"},
    {"call failed", "external call", "retries on the call, if its failures are short"},
    {"call timeout", "external call", "a longer timeout, or retries"},
    {"semaphore full (max_waiting)", "external call", "raise concurrency or max_waiting"},
    {"semaphore timeout (max_wait)", "external call", "raise concurrency or max_wait"},
    {"connection refused (container restarting)", "container", "more instances; see what killed the container"},
    {"container killed (OOMKilled)", "container", "raise memory_limit, or let fewer requests in"},
    {"QueuePool limit reached, connection timed out", "SQLAlchemy QueuePool",
     "a larger pool_size or max_overflow, a longer pool_timeout, or less time on the connection"},
    {"timeout exceeded when trying to connect", "pg-pool",
     "a larger max, a longer connectionTimeoutMillis, or less time on the connection"},
    {"Connection terminated due to connection timeout", "pg-pool",
     "a longer connectionTimeoutMillis, or a server that accepts connections faster"},
    {"pool timed out while waiting for an open connection", "sqlx PoolTimedOut",
     "more max_connections, a longer acquire_timeout, or less time on the connection"},
    {"Connection is not available, request timed out", "HikariCP SQLTransientConnectionException",
     "a larger maximumPoolSize, a longer connectionTimeout, or less time on the connection"},
    {"PoolTimeout", "httpx", "more max_connections, a longer pool timeout, or faster answers"},
    {"ConnectTimeout", "httpx", "a longer connect timeout, or more max_keepalive_connections"},
    {"409 Request still processing", "idempotency", "a client that waits longer before it sends again"},
    {"the database system is in recovery mode", "PostgreSQL",
     "see what killed a backend: a larger memory_limit, a smaller work_mem, or fewer connections"},
    {"DEADLINE_EXCEEDED", "client", "find where the time goes; a longer deadline; attempts that give up sooner"},
    {"canceling statement due to statement timeout", "PostgreSQL", "a faster statement, or a longer statement_timeout"},
    {"asyncpg TimeoutError (command_timeout)", "asyncpg Connection.execute",
     "a faster statement, or a longer command_timeout"},
});

inline const ClientErrorInfo& info(ClientError error) { return client_errors[static_cast<std::size_t>(error)]; }

}  // namespace capplan::models
