#include "plan/study/point_hash.h"

#include <fmt/format.h>

#include "plan/digest.h"

namespace capplan::plan {

std::string point_hash(const Scenario& scenario, const RunOptions& options) {
  const core::StoppingRule& rule = options.stopping;
  return sha256(fmt::format("{} seed {} revision {} replications {}..{} precision {} budget {}",
                            scenario_hash(scenario), options.seed, engine_revision, rule.min, rule.max,
                            rule.relative_half_width, options.budget_s));
}

}  // namespace capplan::plan
