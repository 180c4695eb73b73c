#pragma once
// Load profiles: settings that a name stands for, filled in where a section does not write them itself, and seen in the
// resolved scenario like any other.

#include "plan/scenario/written.h"

namespace capplan::plan {

/// How a kind of pool calls the connections it keeps, and the most it opens.
struct PoolSizes {
  std::string least;  ///< empty where there is none
  std::string most;
  bool most_is_on_top = false;  ///< `most` counts what is opened beyond `least`
};

/// Of a pool's spec; nothing if it has no such settings.
std::optional<PoolSizes> pool_sizes(const models::Spec& spec);

/// What `profile` stands for in a pool or a closed workload is added to the section. A name that is none, or a kind
/// that lacks such settings, is left to the spec to refuse.
void take_in_profile(const models::Spec& spec, WrittenSection& section);

}  // namespace capplan::plan
