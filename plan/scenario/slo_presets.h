#pragma once
// Targets and alerts of published tuning guides, by the name of what each guide is about.

#include <string>
#include <vector>

#include "plan/scenario/written.h"

namespace capplan::plan {

/// A condition on everything of one sort: "all" requests, each "pool", "server", "query", "index", "budget", or each
/// "search", that is each query with an index.
struct PresetCondition {
  const char* on;
  const char* condition;  ///< as in [slo]
};

struct PresetAlert {
  const char* name;
  PresetCondition when;
  core::Nanos hold;
  const char* severity;
  core::Nanos long_window = 0;  ///< of a burn rate
  core::Nanos short_window = 0;
};

struct Preset {
  const char* name;
  const char* source;  ///< the guide, and its chapters
  std::vector<PresetCondition> conditions;
  std::vector<PresetAlert> alerts;
  std::vector<const char*> beyond;  ///< what the guide asks for besides, and no scenario could tell
};

const std::vector<Preset>& presets();

/// The preset of a name, or null.
const Preset* find_preset(const std::string& name);

/// The names that `on` stands for among the sections, as [slo] has them.
std::vector<std::string> targets_on(const std::string& on, const std::vector<WrittenSection>& sections);

}  // namespace capplan::plan
