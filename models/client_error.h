#pragma once
// Every error a client of the simulated service can get, under the name the real system gives it. Sources: PgBouncer
// src/client.c, src/janitor.c, src/objects.c; PostgreSQL src/backend/utils/init/postinit.c, storage/lmgr/proc.c;
// asyncpg asyncpg/pool.py.

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
  idempotency_conflict,
};

struct ClientErrorInfo {
  std::string_view name;      ///< what the client sees: the key in results
  std::string_view raised_by;
  std::string_view remedy;
};

inline constexpr std::array<ClientErrorInfo, 10> client_errors = {{
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
    {"409 Request still processing", "idempotency", "a client that waits longer before it sends again"},
}};

inline const ClientErrorInfo& info(ClientError error) { return client_errors[static_cast<std::size_t>(error)]; }

}  // namespace capplan::models
