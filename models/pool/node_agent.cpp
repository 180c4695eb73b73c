// Node's http.Agent: a request takes a free socket, the one used last unless scheduling is fifo; else it opens one
// while there are fewer than maxSockets; else it queues, first in, first out, for ever. A socket that is done stays
// free where keepAlive is on and fewer than maxFreeSockets are; else it is closed, and a request that queues opens its
// own. Source: nodejs/node lib/_http_agent.js (addRequest, 'free', removeSocket, keepSocketAlive).

#include "models/catalog.h"
#include "models/pool/http_pool.h"
#include "models/pool/pool_figures.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  rules.max = p.has("maxSockets") ? static_cast<int>(p.count("maxSockets")) : unlimited_connections;
  rules.max_idle = static_cast<int>(p.count("maxFreeSockets"));
  if (!p.flag("keepAlive")) rules.max_idle = 0;
  rules.reuse = p.text("scheduling") == "fifo" ? PoolRules::Reuse::oldest : PoolRules::Reuse::newest;
  rules.max_inactive = or_never(p.duration("timeout"));
}

}  // namespace

Spec node_agent() {
  const std::string source = "node lib/_http_agent.js (Agent)";
  return {.section = "http_pool",
          .kind = "node-agent",
          .help = "Node's http.Agent: sockets to one host, kept for further requests where keepAlive is on",
          .source = "node lib/_http_agent.js (addRequest, keepSocketAlive)",
          .validity =
              "one origin, HTTP/1.1; the other side closes no socket; without keepAlive a request that queues takes "
              "over the socket that is done, as Node has it; no limit: no utilization",
          .params = http_pool_params({
              {.name = "maxSockets",
               .type = Type::count,
               .help = "most sockets of each instance; absent: no limit",
               .source = source,
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "maxFreeSockets",
               .type = Type::count,
               .fallback = "256",
               .help = "sockets that stay open while nobody uses them",
               .source = source,
               .lo = 0,
               .hi = 100'000},
              {.name = "keepAlive",
               .type = Type::flag,
               .fallback = "true",
               .help = "keep sockets for further requests; new Agent() has false, the global agent true since Node 19",
               .source = source},
              {.name = "scheduling",
               .type = Type::choice,
               .fallback = "lifo",
               .help = "which free socket is taken: the one used last, or the one free longest",
               .source = source,
               .choices = {"lifo", "fifo"}},
              {.name = "timeout",
               .type = Type::duration,
               .fallback = "0",
               .help = "a free socket is closed after this; 0: never",
               .source = source,
               .lo = 0,
               .hi = 1e7},
          }),
          .figures = pool_figures(),
          .make_pool = make_http_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
