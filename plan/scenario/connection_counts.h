#pragma once
// How many connections the pools and bouncers of a scenario may open, from its topology: arithmetic, before any run. A
// pool may open its size times its instances, the tuner's and autoscaler's most counted; PgBouncer pool_size and
// reserve for each pair of database and user, within max_db_connections and max_user_connections, all of these in each
// of its processes. Sources: pgbouncer src/objects.c (launch_new_connection, evict_connection), doc/config.md.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// What one pool or bouncer may ask of what it connects to. Counts from models::unlimited_connections on mean: any
/// number.
struct ConnectionShare {
  models::SectionId id = models::no_section;
  std::int64_t most = 0;      ///< open at once
  std::int64_t kept = 0;      ///< of them, kept open between uses; of a bouncer all
  std::int64_t at_start = 0;  ///< opened before the first request
};

/// A pair of database and user.
using LoginName = std::pair<std::string, std::string>;

/// What a pool or bouncer may ask of what it connects to.
ConnectionShare share_of(const Scenario& scenario, models::SectionId client);

/// The same of everything that connects to a server or bouncer, in the scenario's order.
std::vector<ConnectionShare> shares_at(const Scenario& scenario, models::SectionId endpoint);

/// Client connections to a bouncer by who they log in as.
std::map<LoginName, ConnectionShare> logins_of(const Scenario& scenario, models::SectionId bouncer);

/// Server connections that a process of a bouncer may open for one pair of database and user; 0: no limit.
std::int64_t bouncer_pool_size(const models::Section& bouncer);

/// Processes that a bouncer consists of: 1 or more.
std::int64_t processes_of(const models::Section& bouncer);

/// Adds up one of the counts.
std::int64_t sum(const std::vector<ConnectionShare>& shares, std::int64_t ConnectionShare::*of);

/// A count that a section states; 0 where it says nothing.
std::int64_t count_of(const models::Section& section, const char* name);

}  // namespace capplan::plan
