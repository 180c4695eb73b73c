#pragma once
// A scenario's settings as the files of the real systems: postgresql.conf of each server, pgbouncer.ini of each
// bouncer, redis.conf of each cache of that kind, SQL of each vector index. Every line says what the setting is and
// where its value comes from. Units are those that the real system reads. Limits: only settings that the scenario has;
// with a base file, all its other lines stay as they are.

#include <optional>
#include <string>
#include <vector>

#include "plan/format/settings_file.h"
#include "plan/scenario/scenario.h"

namespace capplan::plan {

struct ExportedFile {
  std::string section;  ///< "server.primary"
  std::string name;     ///< "primary.postgresql.conf"
  std::string text;
  std::vector<std::string> warnings;
};

/// Settings of the section `only`, or of all. `base`: the file of that one section as it is now; what it says and the
/// scenario does not is kept. Throws core::InputError for a section that is not there or has no file, for a base
/// without `only`, and for a value that the real system would refuse or the host's memory cannot hold.
std::vector<ExportedFile> export_settings(const Scenario& scenario, const std::string& only = {},
                                          const std::optional<SettingsFile>& base = {});

}  // namespace capplan::plan
