#pragma once
// One law of queueing beside what was simulated.

#include <string>
#include <vector>

#include "core/estimate.h"

namespace capplan::plan {

/// What became of a law.
enum class LawVerdict {
  holds,           ///< exactly, or within what chance allows
  disagrees,       ///< a closed form or bound that the simulation lies outside of, sure at a level of 1e-6 an answer
  far,             ///< an approximation that is off by more than a third
  not_applicable,  ///< its assumptions are not met
};

/// A law at one place. Numbers are in base units.
struct LawRow {
  std::string law;                  ///< name in the registry: "Little", "M/M/c"
  std::string at;                   ///< "request search", "pool app"
  std::vector<std::string> figure;  ///< the path of the figure that it is held against
  core::Estimate simulated;         ///< as the law's own check has it; not known where it is not applicable
  double least = 0;                 ///< what the law says; of a bound from least to most
  double most = 0;
  LawVerdict verdict = LawVerdict::holds;
  std::string note;  ///< why it is not applicable; or what the simulation sees that the law does not
  friend bool operator==(const LawRow&, const LawRow&) = default;
};

/// "holds", "disagrees", "far", "not-applicable".
std::string to_string(LawVerdict verdict);

}  // namespace capplan::plan
