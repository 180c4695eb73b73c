#pragma once
// Identity of a point of a study: what its numbers depend on, and nothing else.

#include "plan/study/run_options.h"

namespace capplan::plan {

/// What a point's numbers depend on, besides the number of replications.
struct PointKey {
  std::string scenario;  ///< scenario_hash()
  std::uint64_t seed = 1;
  int revision = engine_revision;
  std::string draws{};  ///< of the calibration's parameters: "32 of <what they are taken from>"; empty: none
  friend bool operator==(const PointKey&, const PointKey&) = default;
};

/// With draws of the calibration, `drawn_from` is what they are taken from (plan/scenario/draws.h).
PointKey point_key(const Scenario& scenario, const RunOptions& options, const std::string& drawn_from = {});

/// When replications end, in words: "replications 5", "replications 5..30 precision 0.05". A budget of wall clock may
/// end a point early, so that it is part of the rule.
std::string rule_text(const RunOptions& options);
/// The rule of a stated number of them.
std::string rule_text(int replications);

/// SHA-256 over both, as 64 hex digits: the name of a point in a sweep's JSON.
std::string point_hash(const PointKey& key, const std::string& rule);

}  // namespace capplan::plan
