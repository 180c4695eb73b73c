#pragma once
// The caches of a request or of one of its steps, from what a scenario says of them.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/zipf.h"
#include "models/build.h"
#include "models/cache/tiers.h"

namespace capplan::models {

inline constexpr core::FigureSpec refreshed_figure{.name = "refreshed_per_s",
                                                   .unit = core::Unit::per_second,
                                                   .help = "requests in the background that compute a stale entry anew",
                                                   .heading = "refreshed/s",
                                                   .absent = "where no cache serves stale"};

/// What the caches of a request measure on the request.
FigureSpecs request_cache_figures();

using CachesByPath = std::map<std::string, std::unique_ptr<Cache>>;

/// The tiers of a request's section, or of a job's, filled as `warm` says; null where it asks and writes none.
/// `offered` counts its requests.
std::unique_ptr<Tiers> request_tiers(Build& build, const Section& section, const CachesByPath& caches,
                                     const core::Counter& offered);

/// The tiers of one of its steps, null where there are none.
std::unique_ptr<Tiers> step_tiers(Build& build, const Section& section, const Params& step, const CachesByPath& caches);

/// Whether a request cannot do without keys: it or a step of it asks, writes or shares.
bool needs_keys(const Params& request);

/// The `count` most popular keys that a request's `keys` say, the most popular last; fewer where there are no more.
std::vector<std::uint64_t> popular_keys(const Params& keys, std::size_t count);

}  // namespace capplan::models
