#pragma once
// The scenarios that are shipped, for tests of what must hold for every one of them.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::test {

/// The names of all that resolve, in order.
inline std::vector<std::string> shipped_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios"))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

inline plan::Scenario shipped(const std::string& name, const std::vector<std::string>& sets = {}) {
  return plan::resolve(plan::read_draft(std::string(CAPPLAN_SOURCE_DIR) + "/data/scenarios/" + name + ".toml"),
                       plan::parse_overrides(sets));
}

}  // namespace capplan::test
