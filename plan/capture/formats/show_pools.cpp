// SHOW POOLS of PgBouncer. Source and limits: plan/capture/bouncer_stats.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/bouncer_stats.h"
#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_rows.h"

namespace capplan::plan {

namespace {

void inspect_pools(const std::string& file, const InspectOptions&, Inspection& into) {
  const std::vector<BouncerPool> pools = read_bouncer_pools(file);
  InspectedTable table{"pools",
                       "by pool, at one moment",
                       {"database", "user", "mode"},
                       {{"clients_active", "clients"},
                        {"clients_waiting", "waiting"},
                        {"longest_wait_s", "for up to", Unit::seconds},
                        {"servers_active", "servers"},
                        {"servers_idle", "idle"},
                        {"servers_used", "used"},
                        {"servers_tested", "tested"},
                        {"servers_login", "login"}},
                       {}};
  for (const BouncerPool& p : pools) {
    const auto n = [](std::int64_t count) { return exact(static_cast<double>(count)); };
    table.rows.push_back({{p.database, p.user, p.mode},
                          {n(p.clients_active), n(p.clients_waiting), exact(p.longest_wait), n(p.servers_active),
                           n(p.servers_idle), n(p.servers_used), n(p.servers_tested), n(p.servers_login)}});
  }
  into.says = plural(pools.size(), "pool");
  into.tables.push_back(std::move(table));
}

Likeness pools_likeness(const FileSample& sample) { return table_likeness(sample, {"cl_active|cl_waiting"}); }

}  // namespace

CaptureFormat show_pools_format();

CaptureFormat show_pools_format() {
  return {.name = "show_pools",
          .title = "SHOW POOLS of PgBouncer",
          .made_by = "psql --csv -c 'SHOW POOLS' pgbouncer",
          .holds = "of each pool at one moment: clients, servers, the longest wait",
          .likeness = pools_likeness,
          .inspect = inspect_pools};
}

}  // namespace capplan::plan
