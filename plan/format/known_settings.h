#pragma once
// The settings of the real systems that a scenario has too: their names there, the unit of a number without one, and
// what the real system accepts. One list serves import and export. Source: PostgreSQL
// src/backend/utils/misc/guc_tables.c, PgBouncer src/main.c (config table), Redis src/config.c.

#include <string>
#include <vector>

namespace capplan::plan {

/// Whose file it is.
enum class SettingsDialect {
  postgresql_conf,  ///< name = value
  pgbouncer_ini,    ///< name = value below [pgbouncer]
  redis_conf,       ///< name value
};

struct KnownSetting {
  const char* name;       ///< as the real system spells it
  const char* parameter;  ///< as the scenario does
  const char* unit;       ///< of a bare number, as in postgresql.conf: "8kB", "kB", "s"; empty: none
  double lo;              ///< least and greatest value that the real system accepts, in base units; below 0: off
  double hi;
};

/// Of one system, in the order in which they are written.
const std::vector<KnownSetting>& known_settings(SettingsDialect dialect);

/// Null if the scenario has no such setting.
const KnownSetting* find_setting(SettingsDialect dialect, const std::string& name);

/// "postgresql.conf"
const char* file_name(SettingsDialect dialect);
/// Section and kind of the scenario: "server", "postgres".
const char* section_of(SettingsDialect dialect);
const char* kind_of(SettingsDialect dialect);

}  // namespace capplan::plan
