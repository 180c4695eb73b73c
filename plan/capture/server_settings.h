#pragma once
// A server's settings, as `psql --csv -c 'SELECT name, setting, unit FROM pg_settings'` writes them: values in base
// units, and those that the model knows as a [server.NAME] section. Source: PostgreSQL src/backend/utils/misc/guc.c
// (convert_to_base_unit): units B, kB, 8kB, MB, 16MB and their like (a number before the unit multiplies it), us, ms,
// s, min, h, d. Limits: -1 and 0 mean what the setting says they mean and are kept as written; cores, memory and disk
// are no settings of PostgreSQL.

#include <optional>
#include <string>
#include <vector>

namespace capplan::plan {

struct ServerSetting {
  enum class Kind { text, number, bytes, seconds };

  std::string name;
  std::string written;  ///< the cell `setting`
  std::string unit;     ///< the cell `unit`; may be empty
  Kind kind = Kind::text;
  double value = 0;  ///< unless text: in bytes, seconds, or as it stands
  int line = 0;
};

struct ServerSettings {
  std::string file;
  std::vector<ServerSetting> all;  ///< in order of the file, one or more

  const ServerSetting* find(const std::string& name) const;
};

/// Throws core::InputError for a table that is none, a setting that is there twice, or a unit that is not known.
ServerSettings read_server_settings(const std::string& path);

}  // namespace capplan::plan
