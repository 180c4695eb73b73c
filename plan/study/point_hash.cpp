#include "plan/study/point_hash.h"

#include <fmt/format.h>

#include "plan/format/digest.h"

namespace capplan::plan {

PointKey point_key(const Scenario& scenario, const RunOptions& options, const std::string& drawn_from) {
  PointKey key{.scenario = scenario_hash(scenario), .seed = options.seed};
  if (options.draws > 0) key.draws = fmt::format("{} of {}", options.draws, drawn_from);
  return key;
}

std::string rule_text(int replications) { return fmt::format("replications {}", replications); }

std::string rule_text(const RunOptions& options) {
  const core::StoppingRule& rule = options.stopping;
  std::string text = rule_text(rule.min);
  if (rule.max != rule.min)
    text += fmt::format("..{} precision {}{}", rule.max, rule.relative_half_width,
                        options.precision_asked ? " of the usual figures too" : "");
  if (options.budget_s > 0) text += fmt::format(" budget {}", options.budget_s);
  return text;
}

std::string point_hash(const PointKey& key, const std::string& rule) {
  return sha256(fmt::format("{} seed {} revision {} draws {} {}", key.scenario, key.seed, key.revision,
                            key.draws.empty() ? "0" : key.draws, rule));
}

}  // namespace capplan::plan
