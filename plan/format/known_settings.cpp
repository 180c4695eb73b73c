#include "plan/format/known_settings.h"

#include <algorithm>

namespace capplan::plan {

namespace {

constexpr double kB = 1024, MB = kB * 1024, TB = MB * 1024 * 1024;
constexpr double most_int = 2147483647;
constexpr double most_seconds = 1e9;

const std::vector<KnownSetting> postgresql = {
    {"max_connections", "max_connections", "", 1, 262'143},
    {"superuser_reserved_connections", "superuser_reserved_connections", "", 0, 262'143},
    {"shared_buffers", "shared_buffers", "8kB", 128 * kB, most_int / 2 * 8 * kB},
    {"effective_cache_size", "effective_cache_size", "8kB", 8 * kB, most_int * 8 * kB},
    {"work_mem", "work_mem", "kB", 64 * kB, most_int* kB},
    {"maintenance_work_mem", "maintenance_work_mem", "kB", MB, most_int* kB},
    {"max_parallel_maintenance_workers", "max_parallel_maintenance_workers", "", 0, 1024},
    {"max_parallel_workers_per_gather", "max_parallel_workers_per_gather", "", 0, 1024},
    {"random_page_cost", "random_page_cost", "", 0, 1e300},
    {"statement_timeout", "statement_timeout", "ms", 0, most_int / 1000},
    {"log_min_duration_statement", "log_min_duration_statement", "ms", -0.001, most_int / 1000},
};

const std::vector<KnownSetting> pgbouncer = {
    {"pool_mode", "pool_mode", "", 0, 0},
    {"max_client_conn", "max_client_conn", "", 1, most_int},
    {"max_db_client_connections", "max_db_client_connections", "", 0, most_int},
    {"max_user_client_connections", "max_user_client_connections", "", 0, most_int},
    {"default_pool_size", "default_pool_size", "", 0, most_int},
    {"min_pool_size", "min_pool_size", "", 0, most_int},
    {"reserve_pool_size", "reserve_pool_size", "", 0, most_int},
    {"reserve_pool_timeout", "reserve_pool_timeout", "s", 0, most_seconds},
    {"max_db_connections", "max_db_connections", "", 0, most_int},
    {"max_user_connections", "max_user_connections", "", 0, most_int},
    {"query_wait_timeout", "query_wait_timeout", "s", 0, most_seconds},
    {"query_timeout", "query_timeout", "s", 0, most_seconds},
    {"transaction_timeout", "transaction_timeout", "s", 0, most_seconds},
    {"idle_transaction_timeout", "idle_transaction_timeout", "s", 0, most_seconds},
    {"client_idle_timeout", "client_idle_timeout", "s", 0, most_seconds},
    {"client_login_timeout", "client_login_timeout", "s", 0, most_seconds},
    {"server_login_retry", "server_login_retry", "s", 0, most_seconds},
    {"server_connect_timeout", "server_connect_timeout", "s", 0, most_seconds},
    {"server_idle_timeout", "server_idle_timeout", "s", 0, most_seconds},
    {"server_lifetime", "server_lifetime", "s", 0, most_seconds},
    {"server_check_delay", "server_check_delay", "s", 0, most_seconds},
    {"server_check_query", "server_check_query", "", 0, 0},
    {"server_reset_query", "server_reset_query", "", 0, 0},
    {"server_reset_query_always", "server_reset_query_always", "", 0, 1},
    {"server_round_robin", "server_round_robin", "", 0, 1},
    {"max_prepared_statements", "max_prepared_statements", "", 0, most_int},
};

const std::vector<KnownSetting> redis = {
    {"maxmemory", "maxmemory", "B", 0, 1024 * TB},         {"maxmemory-policy", "maxmemory_policy", "", 0, 0},
    {"maxmemory-samples", "maxmemory_samples", "", 1, 64}, {"lfu-log-factor", "lfu_log_factor", "", 0, most_int},
    {"lfu-decay-time", "lfu_decay_time", "", 0, most_int}, {"hz", "hz", "", 1, 500},
};

}  // namespace

const std::vector<KnownSetting>& known_settings(SettingsDialect dialect) {
  switch (dialect) {
    case SettingsDialect::postgresql_conf:
      return postgresql;
    case SettingsDialect::pgbouncer_ini:
      return pgbouncer;
    case SettingsDialect::redis_conf:
      break;
  }
  return redis;
}

const KnownSetting* find_setting(SettingsDialect dialect, const std::string& name) {
  const auto& all = known_settings(dialect);
  const auto found = std::find_if(all.begin(), all.end(), [&](const KnownSetting& s) { return name == s.name; });
  return found == all.end() ? nullptr : &*found;
}

const char* file_name(SettingsDialect dialect) {
  return dialect == SettingsDialect::postgresql_conf ? "postgresql.conf"
         : dialect == SettingsDialect::pgbouncer_ini ? "pgbouncer.ini"
                                                     : "redis.conf";
}

const char* section_of(SettingsDialect dialect) {
  return dialect == SettingsDialect::postgresql_conf ? "server"
         : dialect == SettingsDialect::pgbouncer_ini ? "bouncer"
                                                     : "cache";
}

const char* kind_of(SettingsDialect dialect) {
  return dialect == SettingsDialect::postgresql_conf ? "postgres"
         : dialect == SettingsDialect::pgbouncer_ini ? "pgbouncer"
                                                     : "redis";
}

}  // namespace capplan::plan
