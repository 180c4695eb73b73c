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

/// What errors have in common for whoever decides whether to try again. Those of `kept_away` never are, nor do they
/// count for the breaker that makes them: it is there to keep calls away.
enum class Failure : std::uint8_t { timeout, refused, error, kept_away, none };

/// What `retries.on` calls those that may be tried again, in the order of Failure.
inline constexpr std::array<std::string_view, 3> failure_words = {"timeout", "refused", "error"};
static_assert(failure_words.size() == static_cast<std::size_t>(Failure::kept_away));

/// The one list of errors, of which enum and table are made: identifier, Failure, the name that the client sees, who
/// raises it, what helps.
// clang-format off
#define CAPPLAN_CLIENT_ERRORS(row) \
  row(pool_timeout, timeout, "pool_timeout", "pool", \
      "a larger pool, a longer timeout, or less time on the connection") \
  row(asyncpg_timeout, timeout, "asyncpg TimeoutError", "asyncpg Pool.acquire", \
      "a larger max_size, a longer timeout, or less time on the connection") \
  row(max_client_conn, refused, "no more connections allowed (max_client_conn)", "PgBouncer", "raise max_client_conn") \
  row(query_wait_timeout, timeout, "query_wait_timeout", "PgBouncer", \
      "a larger default_pool_size, or a longer query_wait_timeout") \
  row(statement_mode_transaction, error, "transaction blocks not allowed in statement pooling mode", "PgBouncer", \
      "pool_mode = \"transaction\"") \
  row(server_login_retry, error, "server login has been failing (server_login_retry)", "PgBouncer", \
      "make sure that the server accepts connections") \
  row(too_many_clients, refused, "sorry, too many clients already", "PostgreSQL", \
      "raise max_connections, or pool connections") \
  row(reserved_slots, refused, "remaining connection slots are reserved for roles with the SUPERUSER attribute", \
      "PostgreSQL", "raise max_connections, or pool connections") \
  row(server_closed, error, "server closed the connection unexpectedly", "libpq", \
      "another server to fail over to, and a retry of the request") \
  row(connection_refused, error, "Connection refused", "the operating system", \
      "another server to fail over to, and a retry of the request") \
  row(max_db_client_connections, error, "client connections exceeded (max_db_client_connections)", "PgBouncer", \
      "raise max_db_client_connections") \
  row(max_user_client_connections, error, "client connections exceeded (max_user_client_connections)", "PgBouncer", \
      "raise max_user_client_connections") \
  row(server_conn_crashed, error, "server conn crashed?", "PgBouncer", \
      "another server to fail over to, and a retry of the request") \
  row(query_timeout_waiting, timeout, "query_timeout", "PgBouncer", \
      "a larger default_pool_size, or a longer query_timeout: the wait for a server counts") \
  row(query_timeout, timeout, "query timeout", "PgBouncer", "a faster statement, or a longer query_timeout") \
  row(transaction_timeout, timeout, "transaction timeout", "PgBouncer", \
      "shorter transactions, or a longer transaction_timeout") \
  row(idle_transaction_timeout, error, "idle transaction timeout", "PgBouncer", \
      "less time between the statements of a transaction") \
  row(client_idle_timeout, error, "client_idle_timeout", "PgBouncer", \
      "a longer client_idle_timeout than what the application's pool keeps idle") \
  row(client_login_timeout, error, "client_login_timeout", "PgBouncer", \
      "a dedicated core for PgBouncer, or more processes") \
  row(client_login_timeout_server_down, error, "client_login_timeout (server down)", "PgBouncer", \
      "make sure that the server accepts connections") \
  row(request_timeout, timeout, "timeout", "client", \
      "find where the time goes; a longer timeout; fewer retries of others") \
  row(gateway_timeout, timeout, "504 Gateway Time-out (proxy_read_timeout)", "web server", \
      "find where the time goes, or a longer proxy_read_timeout") \
  row(worker_connections, refused, "worker_connections are not enough", "web server", "raise worker_connections") \
  row(shed, refused, "503 shed (max_in_flight)", "service", \
      "add capacity; raise max_in_flight only where there is some") \
  row(queue_full, refused, "BulkheadFullException", "bulkhead", \
      "raise max_concurrent or max_waiting; for a queue of workers, more of them") \
  row(queue_timeout, timeout, "bulkhead timeout (max_wait)", "bulkhead", \
      "raise max_concurrent or max_wait; for a queue of workers, more of them") \
  row(codel_shed, refused, "503 shed (CoDel)", "bulkhead", \
      "add capacity: the queue did not drain for a whole interval") \
  row(breaker_open, kept_away, "CallNotPermittedException (circuit breaker open)", "circuit breaker", \
      "repair what fails behind it") \
  row(call_failed, error, "call failed", "external call", "retries of the call, if its failures are short") \
  row(call_timeout, timeout, "call timeout", "external call", "a longer timeout, or retries") \
  row(semaphore_full, refused, "semaphore full (max_waiting)", "external call", "raise concurrency or max_waiting") \
  row(semaphore_timeout, timeout, "semaphore timeout (max_wait)", "external call", "raise concurrency or max_wait") \
  row(container_down, refused, "connection refused (container restarting)", "container", \
      "more instances; see what killed the container") \
  row(container_killed, error, "container killed (OOMKilled)", "container", \
      "raise memory_limit, or admit fewer requests") \
  row(sqlalchemy_timeout, timeout, "QueuePool limit reached, connection timed out", "SQLAlchemy QueuePool", \
      "a larger pool_size or max_overflow, a longer pool_timeout, or less time on the connection") \
  row(pg_pool_timeout, timeout, "timeout exceeded when trying to connect", "pg-pool", \
      "a larger max, a longer connectionTimeoutMillis, or less time on the connection") \
  row(pg_pool_connect_timeout, timeout, "Connection terminated due to connection timeout", "pg-pool", \
      "a longer connectionTimeoutMillis, or a server that accepts connections faster") \
  row(sqlx_timeout, timeout, "pool timed out while waiting for an open connection", "sqlx PoolTimedOut", \
      "more max_connections, a longer acquire_timeout, or less time on the connection") \
  row(hikari_timeout, timeout, "Connection is not available, request timed out", \
      "HikariCP SQLTransientConnectionException", \
      "a larger maximumPoolSize, a longer connectionTimeout, or less time on the connection") \
  row(httpx_pool_timeout, timeout, "PoolTimeout", "httpx", \
      "more max_connections, a longer pool timeout, or faster answers") \
  row(httpx_connect_timeout, timeout, "ConnectTimeout", "httpx", \
      "a longer connect timeout, or more max_keepalive_connections") \
  row(idempotency_conflict, refused, "409 Request still processing", "idempotency", \
      "a client that waits longer before it sends again") \
  row(in_recovery, refused, "the database system is in recovery mode", "PostgreSQL", \
      "see what killed a backend: a larger memory_limit, a smaller work_mem, or fewer connections") \
  row(deadline_exceeded, timeout, "DEADLINE_EXCEEDED", "client", \
      "find where the time goes; a longer deadline; attempts that give up sooner") \
  row(statement_timeout, timeout, "canceling statement due to statement timeout", "PostgreSQL", \
      "a faster statement, or a longer statement_timeout") \
  row(command_timeout, timeout, "asyncpg TimeoutError (command_timeout)", "asyncpg Connection.execute", \
      "a faster statement, or a longer command_timeout")
// clang-format on

#define CAPPLAN_IDENTIFIER(identifier, failure, name, raised_by, remedy) identifier,
enum class ClientError : std::uint8_t { none, CAPPLAN_CLIENT_ERRORS(CAPPLAN_IDENTIFIER) };
#undef CAPPLAN_IDENTIFIER

struct ClientErrorInfo {
  std::string_view name;  ///< what the client sees: the key in results
  std::string_view raised_by;
  std::string_view remedy;
  Failure failure;
};

#define CAPPLAN_INFO(identifier, failure, name, raised_by, remedy) {name, raised_by, remedy, Failure::failure},
inline constexpr auto client_errors =
    std::to_array<ClientErrorInfo>({{"", "", "", Failure::none}, CAPPLAN_CLIENT_ERRORS(CAPPLAN_INFO)});
#undef CAPPLAN_INFO
#undef CAPPLAN_CLIENT_ERRORS

inline constexpr const ClientErrorInfo& info(ClientError error) {
  return client_errors[static_cast<std::size_t>(error)];
}

}  // namespace capplan::models
