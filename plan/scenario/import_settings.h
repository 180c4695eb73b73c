#pragma once
// Settings files into a scenario: what the model knows, in the scenario's spelling; all else is named and kept as text.
// Used by `capplan import`, and by `import = "pgbouncer.ini"` in a section, where keys that the section has itself win.
// Limits: of pgbouncer.ini the section [pgbouncer] alone is taken; a value that the real system would refuse is an
// error.

#include <string>
#include <vector>

#include "models/spec/value.h"
#include "plan/format/settings_file.h"
#include "plan/scenario/written.h"

namespace capplan::plan {

struct ImportedSettings {
  SettingsDialect dialect = SettingsDialect::postgresql_conf;
  std::string file;
  models::Table modelled;             ///< by the scenario's name, as a scenario spells it
  std::vector<std::string> kept;      ///< "log_min_messages = warning": what the model does not have
  std::vector<std::string> included;  ///< files that were named and not read
};

/// Throws core::InputError for values that are none: their unit, their range, a word that is not known.
ImportedSettings import_settings(const SettingsFile& file);

/// "[bouncer.main]\nkind = …", what is not modelled in comments.
std::string to_toml(const ImportedSettings& settings, const std::string& name);

/// Gives each section with `import = "FILE"` (beside `file`) what that file says and the section does not, and takes
/// `import` out.
void take_in_imports(std::vector<WrittenSection>& sections, const std::string& file,
                     std::vector<core::Problem>& problems);

}  // namespace capplan::plan
