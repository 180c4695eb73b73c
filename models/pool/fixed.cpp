// A pool of a fixed number of connections, all opened at the start, waiters first in first out. The plainest pool there
// is. With reuse = "oldest" it is also what pgbench's clients are: whoever is done first takes the next of the
// schedule. Oracle: with a server that never saturates, M/M/c and M/M/c+D (core/queueing.h) with c = size, D = timeout.

#include "models/catalog.h"
#include "models/pool/pool_figures.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  rules.max = static_cast<int>(p.count("size"));
  rules.fixed_size = true;
  rules.open_ahead = rules.max;
  const std::string& reuse = p.text("reuse");
  if (reuse == "oldest") rules.reuse = PoolRules::Reuse::oldest;
  if (reuse == "random") rules.reuse = PoolRules::Reuse::random;
  if (p.has("timeout")) rules.timeout = p.duration("timeout");
  rules.timeout_covers_opening = true;
  rules.keep_late = true;
}

}  // namespace

Spec fixed_pool() {
  return {.section = "pool",
          .kind = "fixed",
          .help = "a fixed number of connections, opened at the start; waiters first in, first out",
          .source = "Little's law and M/M/c+D; pgbench's clients behave so",
          .validity = "connections never age; a broken connection is opened again by the next request that needs it",
          .params = pool_params({
              {.name = "size",
               .type = Type::count,
               .fallback = "10",
               .help = "connections of each instance",
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "reuse",
               .type = Type::choice,
               .fallback = "newest",
               .help = "which idle connection is taken: the last used, the one idle for longest, or any",
               .choices = {"newest", "oldest", "random"}},
              {.name = "timeout",
               .type = Type::duration,
               .help = "longest wait for a connection; absent: no limit",
               .lo = 0.000'001,
               .hi = 86'400},
          }),
          .figures = pool_figures(),
          .make_pool = make_connection_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
