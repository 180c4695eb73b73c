// A content delivery network in front of the service: points of presence with a cache each, of which a request meets
// the one near its user. Fresh for max-age from the filling, then served stale for a while if the answers allow it.
// Source: RFC 9111 (freshness), RFC 5861 (stale-while-revalidate); how users spread over points of presence is an
// assumption: evenly, each request on its own.

#include "models/cache/keyed_cache.h"
#include "models/cache/lru_policy.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

std::unique_ptr<Cache> make(Build& build, const Section& section) {
  return make_keyed<LruPolicy>(build, section, "pops");
}

}  // namespace

Spec cdn_cache() {
  Spec spec{.section = "cache",
            .kind = "cdn",
            .help = "content delivery network: points of presence with a cache each",
            .source = "RFC 9111, RFC 5861",
            .validity =
                "points of presence are alike and asked evenly, each request on its own; the least recently used "
                "entry leaves; no tier between them and the service, and no request collapsing unless the request "
                "coalesces; a purge reaches all at once",
            .params = {{.name = "pops",
                        .type = Type::count,
                        .fallback = "1",
                        .help = "points of presence; each fills its own cache",
                        .lo = 1,
                        .hi = 10'000}},
            .figures = cache_figures(),
            .make_cache = make,
            .check = check_sizes};
  const auto append = [&](const std::vector<Param>& more) {
    spec.params.insert(spec.params.end(), more.begin(), more.end());
  };
  append(room_params("1000000", "entries that one point holds", "bytes that the entries of one point may take"));
  append(size_params(false, "bytes of an entry besides its body: headers, key; absent: none"));
  append(life_params("1h"));
  append(time_params("10ms", "from the user to the point of presence and back"));
  return spec;
}

}  // namespace capplan::models
