#pragma once
// A resolved scenario as a flat list of settings, read back from the canonical JSON that results hold: what a stored
// result assumed, where two of them differ, and in which keys the points of a store make a grid.

#include <string>
#include <vector>

namespace capplan::plan {

/// What --set can change: a parameter, or a value within its table ("cpu.lognormal.mean"). Lists are one value.
struct Setting {
  std::string section;   ///< "pool.app"; "slo.search" for a condition, whose name is its metric
  std::string name;      ///< "max_size", "disk.fsync"
  std::string value;     ///< spelled as in a scenario file; empty: not set
  std::string fallback;  ///< the default, the same way; empty: none
  bool is_default = false;
  std::string help;
  std::string source;  ///< of the default or the behaviour

  /// "pool.app.max_size".
  std::string key() const { return name.empty() ? section : section + "." + name; }
};

/// In the order of the catalogue's sections and parameters, those that are not set among them; then what the catalogue
/// does not know, in base units. Empty for a text that is no scenario's.
std::vector<Setting> settings(const std::string& canonical_scenario);

/// A setting that two scenarios do not share.
struct SettingDifference {
  std::string key;  ///< "pool.app.size"
  std::string a;    ///< empty: not set
  std::string b;
  friend bool operator==(const SettingDifference&, const SettingDifference&) = default;
};

/// The settings in which two scenarios differ: A's in their order, then those of B alone.
std::vector<SettingDifference> setting_differences(const std::string& canonical_a, const std::string& canonical_b);

}  // namespace capplan::plan
