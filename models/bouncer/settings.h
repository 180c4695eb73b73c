#pragma once
// What pgbouncer.ini says: the parameters of a bouncer, and the same as its parts read them.
// Sources: pgbouncer src/main.c (config table), doc/config.md. Limits: as the spec of the bouncer names them.

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "models/spec/spec.h"

namespace capplan::models {

/// PgBouncer's settings as far as they concern server connections.
struct ServerPoolSettings {
  int default_pool_size = 20;
  int min_pool_size = 0;
  int reserve_pool_size = 0;
  core::Nanos reserve_pool_timeout = 0;
  int max_db_connections = 0;
  int max_user_connections = 0;
  core::Nanos server_login_retry = 0;
  core::Nanos server_connect_timeout = 0;
  core::Nanos server_idle_timeout = 0;
  core::Nanos server_lifetime = 0;
  core::Nanos server_check_delay = 0;
  bool server_check_query = true;
  bool server_round_robin = false;
  bool session = false;  ///< pool_mode: then clients prepare statements themselves
  std::uint32_t max_prepared_statements = 0;
};

enum class PoolMode : std::uint8_t { session, transaction, statement };

/// What pgbouncer.ini says, as far as it matters here. A duration of 0: no limit.
struct BouncerSettings {
  PoolMode pool_mode = PoolMode::session;
  ServerPoolSettings servers;
  std::uint32_t max_client_conn = 100;
  int max_db_client_connections = 0;
  int max_user_client_connections = 0;
  core::Nanos query_wait_timeout = 0;
  core::Nanos query_timeout = 0;
  core::Nanos transaction_timeout = 0;
  core::Nanos idle_transaction_timeout = 0;
  core::Nanos client_idle_timeout = 0;
  core::Nanos client_login_timeout = 0;
  bool resets = true;          ///< server_reset_query is not empty
  bool reset_always = false;   ///< server_reset_query_always
  core::Nanos turn_time = 0;   ///< processor time of a packet
  core::Nanos login_time = 0;  ///< and of a client's login
};

/// The parameters of a bouncer, from `server` to what its own work takes.
std::vector<Param> bouncer_params();

BouncerSettings read_settings(const Params& params);

}  // namespace capplan::models
