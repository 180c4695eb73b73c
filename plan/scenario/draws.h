#pragma once
// A scenario under draws of its calibration's parameters (plan/costs/uncertainty.h): resolved again for each, with
// what the file and its flags say themselves untouched. Limits: a law that an index names for itself is taken as given.

#include <cstdint>
#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// Fills in `draws` of a scenario that was resolved from `draft` and `overrides`: `count` of them, the same for the
/// same seed and calibration in every scenario. Throws core::InputError if there is no calibration, or one that does
/// not say how sure it is.
void add_draws(const Draft& draft, const std::vector<Override>& overrides, int count, std::uint64_t seed,
               Scenario& scenario);

/// What draws of this scenario are taken from, as 64 hex digits. Throws as add_draws does.
std::string drawn_from(const Draft& draft, const Scenario& scenario);

}  // namespace capplan::plan
