#pragma once
// A small scenario that resolves, for tests to build on, and what is said of one that does not.

#include <string>
#include <vector>

#include "plan/format/document.h"
#include "plan/scenario/scenario.h"

namespace capplan::test {

inline const std::string small_scenario =
    "[scenario]\n"
    "name = \"small\"\n"
    "duration = \"20min\"\n"
    "[server.primary]\n"
    "kind = \"postgres\"\n"
    "cores = 8\n"
    "[pool.main]\n"
    "kind = \"fixed\"\n"
    "to = \"server.primary\"\n"
    "size = 10\n"
    "[query.load]\n"
    "pool = \"main\"\n"
    "cpu = { lognormal = { mean = \"180us\", cv = 0.8 } }\n"
    "[request.search]\n"
    "steps = [{ query = \"load\", times = 10 }]\n"
    "[workload.api]\n"
    "kind = \"open\"\n"
    "rate = \"100/s\"\n"
    "mix = { search = 1 }\n";

inline plan::Draft draft(const std::string& text) { return {"a.toml", plan::parse_toml(text, "a.toml")}; }

inline plan::Scenario resolved(const std::string& text, const std::vector<std::string>& sets = {},
                               const std::vector<std::string>& varies = {}) {
  return plan::resolve(draft(text), plan::parse_overrides(sets), plan::parse_axes(varies));
}

/// "place key: what" of each problem, one a line, where place is "line:column" or the flag.
inline std::string problems(const std::string& text, const std::vector<std::string>& sets = {},
                            const std::vector<std::string>& varies = {}) {
  std::string result;
  try {
    resolved(text, sets, varies);
  } catch (const core::InputError& error) {
    for (const core::Problem& p : error.problems()) {
      const std::string place = std::to_string(p.where.line) + ":" + std::to_string(p.where.column);
      result += (p.where.line > 0 ? place : p.where.file) + " " + p.key + ": " + p.what + "\n";
    }
  }
  return result;
}

}  // namespace capplan::test
