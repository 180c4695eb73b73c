#pragma once
// Distributions of times as a scenario file spells them: a duration ("2ms") or a table of one family, as in
// { lognormal = { mean = "2ms", cv = 0.8 } }; read, and written back so that they read the same to 1e-12.

#include <optional>
#include <string>
#include <vector>

#include "models/spec/value.h"

namespace capplan::models {

/// A family as a scenario file names it: { lognormal = { mean = "2ms", cv = 0.8 } }.
struct DistributionFamily {
  std::string name;
  std::string example;  ///< the table of its parameters
  std::string help;     ///< what it is, and the limits of its parameters
};

/// The families, in the order that help shows them.
const std::vector<DistributionFamily>& distribution_families();

/// Reads a distribution of seconds, or appends every mistake in it to `problems` with its position and its path below
/// `key`, as in "query.search.cpu.lognormal.cv".
std::optional<core::Distribution> parse_distribution(const Value& raw, const std::string& key,
                                                     std::vector<core::Problem>& problems);

/// The raw value that reads back as this distribution: text or tables, lists, numbers and texts.
Value to_value(const core::Distribution& distribution);

/// A span as a scenario file spells it: exact where it is a whole count of nanoseconds, else to 13 digits.
std::string spelled_duration(double seconds);

/// The number without the noise of arithmetic: rounded to 13 digits, so that 0.30000000000000004 is 0.3 again.
double tidy(double x);

}  // namespace capplan::models
