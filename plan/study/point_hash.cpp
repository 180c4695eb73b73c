#include "plan/study/point_hash.h"

#include <fmt/format.h>

#include "plan/format/digest.h"

namespace capplan::plan {

std::string point_hash(const Scenario& scenario, const RunOptions& options, const std::string& drawn_from) {
  const core::StoppingRule& rule = options.stopping;
  std::string text =
      fmt::format("{} seed {} revision {} replications {}..{} precision {} budget {}", scenario_hash(scenario),
                  options.seed, engine_revision, rule.min, rule.max, rule.relative_half_width, options.budget_s);
  if (options.draws > 0) text += fmt::format(" draws {} of {}", options.draws, drawn_from);
  return sha256(text);
}

}  // namespace capplan::plan
