#pragma once
// Every limit on connections between the applications and the servers, compared with what the pools of a scenario may
// ask for (plan/scenario/connection_counts.h): arithmetic, before any run. Sources: PostgreSQL
// src/backend/storage/lmgr/proc.c, utils/init/postinit.c; pgbouncer src/client.c, doc/config.md (so_reuseport).

#include <vector>

#include "plan/scenario/scenario.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// W30 to W34 (docs/warnings.md): each with the sum, the limit, whose it is, and a remedy; none where all fits. Where a
/// run of the scenario was measured, there is no W34 for clients that had no more connections open than there are.
std::vector<Warning> connection_warnings(const Scenario& scenario, const Result* measured = nullptr);

}  // namespace capplan::plan
