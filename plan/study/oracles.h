#pragma once
// The kernel held against theory: stations of core/ are simulated where a closed form is known, and each row says
// whether the exact figure lies within the interval of the simulated one. At 95 % confidence one row in twenty may
// miss.

#include <cstdint>
#include <string>
#include <vector>

#include "core/estimate.h"

namespace capplan::plan {

struct OracleRow {
  std::string model;   ///< "M/M/c, c = 4"
  double load = 0;     ///< offered load per server, or share of the bottleneck's knee for closed models
  std::string figure;  ///< "mean response", "p95 response", "loss"
  double exact = 0;
  core::Estimate simulated;
  bool inside() const { return simulated.lo <= exact && exact <= simulated.hi; }
};

/// Confidence of the intervals.
inline constexpr double oracle_confidence = 0.95;

/// Every case, in a fixed order; service times of mean 1. `effort` scales the length of the runs (1: some 10 s on two
/// cores). The rows depend on seed and effort only.
std::vector<OracleRow> run_oracles(std::uint64_t seed, double effort = 1);

/// The rows as a markdown page with the coverage counted.
std::string oracle_markdown(const std::vector<OracleRow>& rows);

}  // namespace capplan::plan
