// A pool of a fixed number of connections, all opened at the start, waiters first in first out. The plainest pool there
// is. With reuse = "oldest" it is also what pgbench's clients are: whoever is done first takes the next of the schedule.
// Oracle: with a server that never saturates, M/M/c and M/M/c+D (core/queueing.h) with c = size, D = timeout.

#include "models/catalog.h"
#include "models/pool/rules.h"

namespace capplan::models {

namespace {

std::unique_ptr<Pool> make(Build& build, const Section& section) {
  const Params& p = section.params;
  PoolRules rules = pool_rules(build, section);
  rules.max = static_cast<int>(p.count("size"));
  rules.open_ahead = rules.max;
  rules.reuse_oldest = p.text("reuse") == "oldest";
  if (p.has("timeout")) rules.timeout = p.duration("timeout");
  return std::make_unique<ConnectionPool>(build, build.endpoint(p.text("to")), std::move(rules));
}

}  // namespace

Spec fixed_pool() {
  return {.section = "pool",
          .kind = "fixed",
          .help = "a fixed number of connections, opened at the start; waiters first in, first out",
          .source = "Little's law and M/M/c+D; pgbench's clients behave so",
          .validity = "connections never age; a connection that breaks is opened again by the next who needs it",
          .params = pool_params({
              {.name = "size", .type = Type::count, .fallback = "10", .help = "connections of each instance", .lo = 1,
               .hi = 100'000, .costs = true},
              {.name = "reuse", .type = Type::choice, .fallback = "newest",
               .help = "which idle connection is taken: the last used, or the one idle for longest",
               .choices = {"newest", "oldest"}},
              {.name = "timeout", .type = Type::duration, .help = "longest wait for a connection; absent: no limit",
               .lo = 0.000'001, .hi = 86'400},
          }),
          .make_pool = make};
}

}  // namespace capplan::models
