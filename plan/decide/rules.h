#pragma once
// The rules of thumb of published tuning guides, computed for one scenario, and what the simulation finds when each is
// followed: both on the same random numbers.

#include <optional>
#include <string>
#include <vector>

#include "plan/study/compare.h"

namespace capplan::plan {

/// One setting that a rule has a value for.
struct RuleSetting {
  std::string key;    ///< "pool.app.max_size"
  std::string own;    ///< as the scenario has it; empty where it says nothing
  std::string value;  ///< as the rule has it
};

/// One rule for one section of the scenario.
struct Rule {
  std::string guide;  ///< "dual-server-mcp"
  std::string rule;   ///< "rate x latency / 0.75, at least 30 % of it kept open"
  std::string basis;  ///< what it was computed from: "100/s x 340ms"
  std::vector<RuleSetting> settings;
  std::string unknown;                 ///< why it cannot be computed or tried, in words; empty if it can
  std::optional<Comparison> effect{};  ///< from the scenario's own settings to the rule's; nothing if they are the same

  bool followed() const;  ///< the scenario has the rule's values already
};

struct Rules {
  std::string name;
  std::vector<Rule> rules;
};

/// Every rule for the scenario of a draft with these settings. Nothing if cancelled. Throws core::InputError.
std::optional<Rules> check_rules(const Draft& draft, const std::vector<Override>& settings, const RunOptions& options,
                                 const RunHooks& hooks = {});

}  // namespace capplan::plan
