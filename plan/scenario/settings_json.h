#pragma once
// A resolved scenario as a flat list of settings, and where two of them differ: the question behind a comparison.

#include <string>
#include <vector>

namespace capplan::plan {

/// A setting that two scenarios do not share. Values are spelled as in a scenario file; empty: the scenario has none.
struct SettingDifference {
  std::string key;  ///< "pool.app.size"
  std::string a;
  std::string b;
  friend bool operator==(const SettingDifference&, const SettingDifference&) = default;
};

/// The settings in which two scenarios, each the text of canonical_json, differ, by key.
std::vector<SettingDifference> setting_differences(const std::string& a, const std::string& b);

}  // namespace capplan::plan
