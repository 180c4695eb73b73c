#pragma once
// The parameters that every kind of application pool has, and the reading of them.

#include "models/pool/connection_pool.h"

namespace capplan::models {

/// `to`, `instances`, `round_trip`, `database`, `user`, followed by a kind's own.
std::vector<Param> pool_params(std::vector<Param> own);

/// The rules as far as pool_params() goes.
PoolRules pool_rules(Build& build, const Section& section);

}  // namespace capplan::models
