#pragma once
// Every limit on connections between the applications and the servers, held against what the pools of a scenario may
// ask for: arithmetic, before any run. A pool may ask for its size times its instances, the tuner's and autoscaler's
// most counted; PgBouncer for pool_size and reserve for each pair of database and user, within max_db_connections and
// max_user_connections, all of these in each of its processes. Sources: PostgreSQL src/backend/storage/lmgr/proc.c,
// utils/init/postinit.c; pgbouncer src/client.c, src/objects.c (launch_new_connection, evict_connection), doc/config.md
// (so_reuseport).

#include <vector>

#include "models/spec/spec.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// W30 to W34 (docs/warnings.md): each with the sum, the limit, whose it is, and a remedy; none where all fits.
std::vector<Warning> connection_warnings(const std::vector<models::Section>& sections);

}  // namespace capplan::plan
