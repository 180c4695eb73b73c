#pragma once
// A resolved scenario as a list of settings: every parameter that the specs of its sections have, with the value it
// had, whether that is the default, and where the default comes from. Read back from the canonical JSON that results
// hold, so that a stored result can say what it assumed.

#include <string>
#include <vector>

namespace capplan::plan {

struct Setting {
  std::string section;   ///< "pool.app"
  std::string name;      ///< "max_size", or "disk.fsync" of a record
  std::string value;     ///< spelled as in a scenario file; empty: not set
  std::string fallback;  ///< the default, the same way; empty: none
  bool is_default = false;
  std::string help;
  std::string source;  ///< of the default or the behaviour

  /// "pool.app.max_size".
  std::string key() const { return section + "." + name; }
};

/// In the order of the catalogue's sections and parameters; sections of no known kind are left out. Empty for a text
/// that is no scenario's.
std::vector<Setting> settings(const std::string& canonical_scenario);

}  // namespace capplan::plan
