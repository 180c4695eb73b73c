// Python's httpx (httpcore's ConnectionPool): a request takes the idle connection that was opened first, else opens one
// while there are fewer than max_connections, else waits in line. A connection that becomes idle is closed while there
// are more than max_keepalive_connections, whether idle or not: under load beyond that number every request pays for a
// connection of its own. Source: encode/httpcore httpcore/_async/connection_pool.py (_assign_requests_to_connections:
// it counts all connections); encode/httpx httpx/_config.py (Limits, Timeout).

#include "models/catalog.h"
#include "models/pool/http_pool.h"
#include "models/pool/pool_figures.h"

namespace capplan::models {

namespace {

void read(const Params& p, PoolRules& rules) {
  rules.max = static_cast<int>(p.count("max_connections"));
  rules.max_idle = static_cast<int>(p.count("max_keepalive_connections"));
  rules.max_idle_of_all = true;
  rules.reuse = PoolRules::Reuse::first_opened;
  rules.max_inactive = p.duration("keepalive_expiry");
  rules.timeout = or_never(p.duration("pool_timeout"));
  rules.timeout_error = ClientError::httpx_pool_timeout;
  rules.open_timeout = or_never(p.duration("connect_timeout"));
  rules.open_timeout_error = ClientError::httpx_connect_timeout;
}

}  // namespace

Spec httpx_pool() {
  const std::string source = "httpx httpx/_config.py (DEFAULT_LIMITS, DEFAULT_TIMEOUT_CONFIG)";
  return {.section = "http_pool",
          .kind = "httpx",
          .help = "Python's httpx: max_connections to one host, of which max_keepalive_connections are kept",
          .source = "httpcore httpcore/_async/connection_pool.py (_assign_requests_to_connections)",
          .validity =
              "one origin, HTTP/1.1, no retries; expired connections are closed at their time, httpcore closes "
              "them at the next request",
          .params = http_pool_params({
              {.name = "max_connections",
               .type = Type::count,
               .fallback = "100",
               .help = "most connections of each instance",
               .source = source,
               .lo = 1,
               .hi = 100'000,
               .costs = true},
              {.name = "max_keepalive_connections",
               .type = Type::count,
               .fallback = "20",
               .help = "a connection that becomes idle while there are more, idle or not, is closed",
               .source = source,
               .lo = 0,
               .hi = 100'000},
              {.name = "keepalive_expiry",
               .type = Type::duration,
               .fallback = "5s",
               .help = "an idle connection is closed after this",
               .source = source,
               .lo = 0.001,
               .hi = 1e7},
              {.name = "pool_timeout",
               .type = Type::duration,
               .fallback = "5s",
               .help = "longest wait for a connection: PoolTimeout; 0: no limit",
               .source = source,
               .lo = 0,
               .hi = 86'400},
              {.name = "connect_timeout",
               .type = Type::duration,
               .fallback = "5s",
               .help = "longest opening of one: ConnectTimeout; 0: no limit",
               .source = source,
               .lo = 0,
               .hi = 86'400},
          }),
          .figures = pool_figures(),
          .make_pool = make_http_pool,
          .pool_rules = read};
}

}  // namespace capplan::models
