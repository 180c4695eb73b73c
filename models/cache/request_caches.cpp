#include "models/cache/request_caches.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "models/topology.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Unit;

constexpr core::FigureSpec coalesced_figure{.name = "coalesced_ratio",
                                            .unit = Unit::ratio,
                                            .help = "requests that got the answer of another, of all that came",
                                            .better = Better::up,
                                            .aggregation = Aggregation::ratio,
                                            .heading = "coalesced",
                                            .alias = "coalesced",
                                            .absent = "without coalesce"};

/// A number for a text; 0 for none.
std::uint64_t number_of(const std::string& text) {
  std::uint64_t hash = 0;
  for (const char c : text) hash = core::mix(hash * 31 + static_cast<unsigned char>(c) + 1);
  return hash;
}

std::vector<Cache*> named(const Params& params, const char* key, const CachesByPath& caches) {
  std::vector<Cache*> result;
  if (params.has(key))
    for (const Value& name : params.list(key)) result.push_back(caches.at(*name.as<std::string>()).get());
  return result;
}

bool steps_need_keys(const List& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Value& step) { return Params(*step.as<Table>()).has("caches"); });
}

/// How many keys are there at the start: a share is of all that are ever asked for.
std::size_t warmed(const Params& request) {
  const Params keys = request.record("keys");
  if (!keys.has("trace")) return static_cast<std::size_t>(request.count("warm", keys.count("count")));
  const auto& asked = keys.key_trace("trace")->keys;
  const std::unordered_set<std::uint64_t> distinct(asked.begin(), asked.end());
  return static_cast<std::size_t>(request.count("warm", static_cast<std::int64_t>(distinct.size())));
}

std::uint64_t prefix_of(const Section& section) {
  return section.params.has("key_prefix") ? number_of(section.params.text("key_prefix")) : 0;
}

}  // namespace

std::vector<std::uint64_t> popular_keys(const Params& keys, std::size_t count) {
  std::vector<std::uint64_t> result;
  if (!keys.has("trace")) {  // Zipf's ranks are the keys
    for (std::uint64_t key = std::min<std::uint64_t>(count, static_cast<std::uint64_t>(keys.count("count"))); key > 0;
         --key)
      result.push_back(key);
    return result;
  }
  std::unordered_map<std::uint64_t, std::uint64_t> uses;
  for (const std::uint64_t key : keys.key_trace("trace")->keys) ++uses[key];
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranked;  // uses, key
  for (const auto& [key, n] : uses) ranked.emplace_back(n, key);
  std::sort(ranked.begin(), ranked.end(), std::greater<>());
  ranked.resize(std::min(count, ranked.size()));
  for (std::size_t i = ranked.size(); i-- > 0;) result.push_back(ranked[i].second);
  return result;
}

bool needs_keys(const Params& request) {
  for (const char* key : {"caches", "invalidates", "writes_through"})
    if (request.has(key) && !request.list(key).empty()) return true;
  if (steps_need_keys(request.list("steps"))) return true;
  if (request.has("adaptive")) {
    const Params adaptive = request.record("adaptive");
    for (const char* way : {"optimized", "simple"})
      if (adaptive.has(way) && steps_need_keys(adaptive.list(way))) return true;
  }
  return request.has("warm") || (request.has("coalesce") && request.flag("coalesce"));
}

FigureSpecs request_cache_figures() { return {&coalesced_figure, &refreshed_figure}; }

std::unique_ptr<Tiers> request_tiers(Build& build, const Section& section, const CachesByPath& caches,
                                     const core::Counter& offered) {
  const Params& p = section.params;
  Tiers::Settings settings{.caches = named(p, "caches", caches), .prefix = prefix_of(section)};
  for (Cache* cache : named(p, "invalidates", caches)) settings.writes.push_back({cache, false});
  for (Cache* cache : named(p, "writes_through", caches)) settings.writes.push_back({cache, true});
  settings.coalesce = p.has("coalesce") && p.flag("coalesce");
  if (settings.caches.empty() && settings.writes.empty() && !settings.coalesce) return nullptr;
  if (p.has("ttl")) settings.ttl = p.duration("ttl");
  settings.in_background = role_of(section) != Role::job;  // nobody waits for a job in any case
  if (settings.coalesce) settings.coalesced = &build.meters.ratio(coalesced_figure, section.subject(), offered);
  auto tiers = std::make_unique<Tiers>(build.simulator, build.accounts, std::move(settings));
  if (p.has("warm") && p.has("keys")) tiers->warm(popular_keys(p.record("keys"), warmed(p)));
  return tiers;
}

std::unique_ptr<Tiers> step_tiers(Build& build, const Section& section, const Params& step,
                                  const CachesByPath& caches) {
  Tiers::Settings settings{.caches = named(step, "caches", caches), .prefix = prefix_of(section)};
  if (settings.caches.empty()) return nullptr;
  settings.in_background = false;
  return std::make_unique<Tiers>(build.simulator, build.accounts, std::move(settings));
}

}  // namespace capplan::models
