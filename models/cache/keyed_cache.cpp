#include "models/cache/keyed_cache.h"

namespace capplan::models {

void check_sizes(const Params& params, const std::string& path, std::vector<core::Problem>& problems) {
  const core::Position where = find(params.values(), params.has("max_bytes") ? "max_bytes" : "latency")->where;
  if (params.has("max_bytes") && !params.has("value_size"))
    problems.push_back({where, path + ".value_size", "is required with max_bytes", "value_size = \"1kB\""});
  if (!params.has("max_bytes") && params.has("value_size"))
    problems.push_back({where, path + ".max_bytes", "is required with value_size: entries alone have no size",
                        "max_bytes = \"64MB\""});
}

Spec policy_spec(const PolicyText& text, std::unique_ptr<Cache> (*make)(Build&, const Section&)) {
  Spec spec{.section = "cache",
            .kind = text.kind,
            .help = text.help,
            .source = text.source,
            .validity = text.validity,
            .params = room_params("10000", "entries it holds", "bytes that its entries may take"),
            .figures = cache_figures(),
            .make_cache = make,
            .check = check_sizes};
  const auto append = [&](const std::vector<Param>& more) {
    spec.params.insert(spec.params.end(), more.begin(), more.end());
  };
  append(size_params(false, "bytes of an entry besides its value: key, node, headers; absent: none"));
  append(life_params(""));
  append(time_params("20us", "what asking it takes, hit or miss"));
  append({{.name = "instances",
           .type = Type::count,
           .help = "processes that have such a cache each, of which a request meets one at random; absent: 1",
           .lo = 1,
           .hi = 10'000}});
  return spec;
}

}  // namespace capplan::models
