#pragma once
// Every error a client of the simulated service can get, under the name the real system gives it. Sources: PgBouncer
// src/client.c, src/janitor.c, src/objects.c; PostgreSQL src/backend/utils/init/postinit.c, storage/lmgr/proc.c;
// asyncpg asyncpg/pool.py; SQLAlchemy lib/sqlalchemy/pool/impl.py; node-postgres packages/pg-pool/index.js; sqlx
// sqlx-core/src/error.rs; HikariCP pool/HikariPool.java; httpx httpx/_exceptions.py.

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
  sqlalchemy_timeout,
  pg_pool_timeout,
  pg_pool_connect_timeout,
  sqlx_timeout,
  hikari_timeout,
  httpx_pool_timeout,
  httpx_connect_timeout,
};

struct ClientErrorInfo {
  std::string_view name;      ///< what the client sees: the key in results
  std::string_view raised_by;
  std::string_view remedy;
};

inline constexpr auto client_errors = std::to_array<ClientErrorInfo>({
    {"", "", ""},
    {"pool_timeout", "pool", "a larger pool, a longer timeout, or less time on the connection"},
    {"asyncpg TimeoutError", "asyncpg Pool.acquire", "a larger max_size, a longer timeout, or less time on the connection"},
    {"no more connections allowed (max_client_conn)", "PgBouncer", "raise max_client_conn"},
    {"query_wait_timeout", "PgBouncer", "a larger default_pool_size, or a longer query_wait_timeout"},
    {"transaction blocks not allowed in statement pooling mode", "PgBouncer", "pool_mode = \"transaction\""},
    {"server login has been failing (server_login_retry)", "PgBouncer", "see that the server accepts connections"},
    {"sorry, too many clients already", "PostgreSQL", "raise max_connections, or pool connections"},
    {"remaining connection slots are reserved for roles with the SUPERUSER attribute", "PostgreSQL",
     "raise max_connections, or pool connections"},
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
});

inline const ClientErrorInfo& info(ClientError error) { return client_errors[static_cast<std::size_t>(error)]; }

}  // namespace capplan::models
