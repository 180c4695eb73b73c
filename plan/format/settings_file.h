#pragma once
// postgresql.conf, pgbouncer.ini and redis.conf as they stand, line by line, so that they can be written again with
// other values and nothing else changed. Source: PostgreSQL 15 manual 20.1.2 (names in any case, = optional, '' within
// quotes, the last of a name counts); PgBouncer doc/config.md ([databases], [users], [pgbouncer], ; and # comments);
// Redis redis.conf (a word, then its arguments; units k = 1000, kb = 1024 …). Limits: files that are included are not
// followed, and named; per-database and per-user settings of PgBouncer are kept as text.

#include <optional>
#include <string>
#include <vector>

#include "plan/format/known_settings.h"

namespace capplan::plan {

struct SettingsLine {
  std::string text;     ///< as it stands, without its end
  std::string name;     ///< of the setting; empty for comments, headers and blank lines
  std::string value;    ///< without quotes
  std::string section;  ///< the [section] it stands below; of pgbouncer.ini
};

struct SettingsFile {
  std::string file;
  SettingsDialect dialect = SettingsDialect::postgresql_conf;
  std::vector<SettingsLine> lines;
  std::vector<std::string> included;  ///< files that it names and that were not read
};

/// By the name (.ini, redis in it) and the content ([pgbouncer]).
SettingsDialect dialect_of(const std::string& path);

/// Throws core::InputError, with line and column, for what is no setting: a quote that does not end, a name without
/// value, bytes that are no text.
SettingsFile read_settings_file(const std::string& path, std::optional<SettingsDialect> dialect = {});

}  // namespace capplan::plan
