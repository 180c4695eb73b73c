#pragma once
// Works and what came of them as bytes, for who computes elsewhere: another process, another machine. A work holds all
// that it depends on. What is read back equals what was written, bit for bit. Limits: between programs of one build
// (engine_revision, core/fingerprint.h); whoever carries bytes further must see to that.

#include <string>
#include <string_view>

#include "plan/study/replication.h"

namespace capplan::plan {

/// `with_scenario` false: all but the scenario, for who has it already.
std::string pack_simulation(const Simulation& simulation, bool with_scenario = true);

/// `known` is the scenario of bytes that hold none. Throws std::invalid_argument for damaged bytes, or where there is
/// no scenario.
Simulation unpack_simulation(std::string_view bytes, std::shared_ptr<const Scenario> known = nullptr);

std::string pack_batch(const Batch& batch);

/// Throws std::invalid_argument for damaged bytes.
Batch unpack_batch(std::string_view bytes);

/// What a scenario could not be built for.
std::string pack_problems(const std::vector<core::Problem>& problems);

/// Throws std::invalid_argument for damaged bytes.
std::vector<core::Problem> unpack_problems(std::string_view bytes);

}  // namespace capplan::plan
