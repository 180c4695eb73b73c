#pragma once
// The settings of a running server (pg_settings) as a [server.NAME] section of a scenario. Which of them a scenario
// has, and how it spells them, plan/format/known_settings.h says.

#include <string>
#include <vector>

#include "plan/capture/server_settings.h"

namespace capplan::plan {

/// Settings as a section of a scenario.
struct ServerSection {
  struct Entry {
    std::string name, value;  ///< as a scenario spells it: "\"512MB\"", "100"
  };
  std::vector<Entry> modelled;            ///< in the order in which settings files are written
  std::vector<std::string> not_modelled;  ///< names of the rest
  std::vector<std::string> refused;       ///< what the model knows, but not with such a value: in sentences
};

ServerSection server_section(const ServerSettings& settings);

/// "[server.primary]\nkind = "postgres"\n…", with what is not modelled in comments.
std::string to_toml(const ServerSection& section, const std::string& name);

}  // namespace capplan::plan
