#pragma once
// A resolved scenario as bytes, with all that simulating it depends on: its sections and those of its draws, its
// alerts, and what files gave to it (captures, traces of keys, rates, laws of indexes), so that no file is needed where
// they are read. What there is more than once, as most sections of draws are, is written once, by its digest. What is
// read back simulates the same to the last bit. Limits: between programs of one build; SLOs, axes and what a
// calibration says of itself stay behind.

#include <string>
#include <string_view>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

std::string pack_scenario(const Scenario& scenario);

/// Throws std::invalid_argument for damaged bytes, or sections that this program does not know.
Scenario unpack_scenario(std::string_view bytes);

}  // namespace capplan::plan
