#include "plan/study/stocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/scenario/figure_specs.h"
#include "plan/scenario/links.h"
#include "plan/study/rests_on.h"

namespace capplan::plan {

namespace {

using models::SectionId;

/// A run in which a stock is level from this share of it on does: the cut is looked for in the first half.
constexpr double level_from = 0.4;

/// Lifetimes after which a Redis is level: it deletes only so much of what has expired that a tenth of what it looks at
/// is left, overshoots, and needs as long again.
constexpr double lifetimes_until_level = 2.2;

/// Of the last quarter of the replications that settle the cut, what a meter added per second.
double rate_at_end(std::span<const Replication> replications, std::size_t meter) {
  double sum = 0, seconds = 0;
  for (const Replication& replication : replications) {
    const core::Recording& recording = replication.recording;
    const std::size_t first = recording.ends.size() - recording.ends.size() / 4;
    for (std::size_t w = first; w < recording.ends.size(); ++w) sum += recording.scalars[meter][w];
    seconds += core::to_seconds(recording.ends.back() - recording.ends[first - 1]);
  }
  return sum / seconds;
}

/// Whether a cache holds keys of idempotency alone: how many are known changes no answer's time.
bool holds_only_keys(const Scenario& scenario, SectionId cache) {
  const std::vector<models::Reference> references = models::references_to(scenario.topology, cache);
  return !references.empty() && std::all_of(references.begin(), references.end(), [](const models::Reference& r) {
    return r.key.starts_with("idempotency");
  });
}

/// How many keys the requests that ask a cache have; 0 where one of them says it otherwise.
double keys_of(const Scenario& scenario, SectionId cache) {
  double most = 0;
  for (const SectionId request : those_passing(scenario, cache)) {
    const models::Params& p = scenario.at(request).params;
    const models::Value* count = p.has("keys") ? find(p.record("keys").values(), "count") : nullptr;
    if (count == nullptr || count->empty()) return 0;
    most = std::max(most, static_cast<double>(p.record("keys").count("count")));
  }
  return most;
}

/// Where a cache's stock will be level, in the unit of its meter; 0 where nothing tells it.
struct Bound {
  double level = 0;
  double settled_s = 0;  ///< since the start, where that follows from a lifetime; else 0
};

class CacheBound {
 public:
  CacheBound(const Scenario& scenario, SectionId cache, std::span<const Replication> judged, std::size_t meter)
      : scenario_(scenario), cache_(cache), judged_(judged), meter_(meter), p_(scenario.at(cache).params) {}

  Bound find() const {
    const auto& path = judged_.front().recording.meters[meter_].path;
    const bool bytes = path.back() == "bytes";
    Bound bound{bytes ? room("maxmemory") + room("max_bytes") + room("max_size") : room_for_entries(), 0};
    double lifetime = of_lifetime(path);
    if (bytes) lifetime *= rate_at_end(judged_, meter_) / rate_at_end(judged_, beside(path, "entries"));
    if (lifetime > 0 && (bound.level <= 0 || lifetime < bound.level))
      bound = {lifetime, lifetimes_until_level * core::to_seconds(p_.duration("ttl"))};
    return bound;
  }

 private:
  double room(const char* param) const { return p_.has(param) ? static_cast<double>(p_.bytes(param)) * copies() : 0; }

  double copies() const { return p_.has("instances") ? static_cast<double>(p_.count("instances")) : 1; }

  double room_for_entries() const {
    if (!p_.has("max_entries") || p_.has("max_bytes")) return 0;
    const auto most = static_cast<double>(p_.count("max_entries"));
    return keys_of(scenario_, cache_) > most ? most * copies() : 0;
  }

  /// Another meter of the same cache.
  std::size_t beside(const std::vector<std::string>& path, const char* name) const {
    const auto& meters = judged_.front().recording.meters;
    const std::vector<std::string> wanted = {path[0], path[1], name};
    const auto found =
        std::find_if(meters.begin(), meters.end(), [&](const core::Meter& m) { return m.path == wanted; });
    return static_cast<std::size_t>(found - meters.begin());
  }

  /// Entries that come in during a lifetime.
  double of_lifetime(const std::vector<std::string>& path) const {
    if (!p_.has("ttl") || scenario_.at(cache_).spec->kind != "redis") return 0;
    const double misses =
        rate_at_end(judged_, beside(path, "lookups_per_s")) - rate_at_end(judged_, beside(path, "hit_ratio"));
    return misses * core::to_seconds(p_.duration("ttl"));
  }

  const Scenario& scenario_;
  SectionId cache_;
  std::span<const Replication> judged_;
  std::size_t meter_;
  const models::Params& p_;
};

/// Two digits, upwards: a run that long does.
double rounded_up(double seconds) {
  const double digit = std::pow(10, std::floor(std::log10(seconds)) - 1);
  return std::ceil(seconds / digit - 1e-9) * digit;
}

}  // namespace

std::vector<RisingStock> rising_stocks(const Scenario& scenario, std::span<const Replication> replications,
                                       const Steadiness& steady) {
  std::vector<RisingStock> rising;
  if (steady.growing) return rising;  // no figure holds then, and W01 says so
  const auto judged = replications.first(std::min(replications.size(), std::size_t{cut_replications}));
  const core::Recording& first = judged.front().recording;
  const double run_s = core::to_seconds(first.ends.back());
  for (const Riser& riser : steady.rising) {
    const core::Meter& meter = first.meters[riser.meter];
    RisingStock stock{meter.path, riser.last_quarter, 0, 0, {}};
    const SectionId section = section_of_target(scenario, target_of(meter.path));
    if (holds_only_keys(scenario, section))
      stock.rests.push_back(target_of(meter.path));
    else
      for (const std::string& target : targets_resting_on(scenario, section)) stock.rests.push_back(target);
    double settled = riser.settled_s;
    if (meter.path[0] == "caches") {
      const Bound bound = CacheBound(scenario, section, judged, riser.meter).find();
      const double now = rate_at_end(judged, riser.meter);
      if (bound.level > now) {
        stock.of_steady = now / bound.level;
        const double per_second = now * riser.last_quarter / (run_s / 4);
        if (per_second > 0 && bound.settled_s <= 0) settled = run_s + (bound.level - now) / per_second;
      }
      if (bound.settled_s > 0) settled = std::max(settled, bound.settled_s);
    }
    // Where nothing tells how long it goes on, a run four times as long tells more.
    stock.duration_s = rounded_up(settled > 0 ? std::max(run_s * 1.1, settled / level_from) : 4 * run_s);
    rising.push_back(std::move(stock));
  }
  return rising;
}

const RisingStock* rests_on(const std::string& target, const std::vector<RisingStock>& rising) {
  const std::string name = without_number(target);
  for (const RisingStock& stock : rising)
    if (std::find(stock.rests.begin(), stock.rests.end(), name) != stock.rests.end()) return &stock;
  return nullptr;
}

bool is_marked(const std::vector<std::string>& path, const std::vector<RisingStock>& rising) {
  if (path.size() < 3) return false;
  const bool itself =
      std::any_of(rising.begin(), rising.end(), [&](const RisingStock& stock) { return stock.path == path; });
  return itself || ((path[2] == "latency_s" || path[2] == "hit_ratio") && rests_on(target_of(path), rising));
}

std::vector<Warning> rising_warnings(const Result& result) {
  std::vector<Warning> warnings;
  for (const RisingStock& stock : result.rising) {
    const std::string what = fmt::format("{} of {}", stock.path.back(), target_of(stock.path));
    std::string text = stock.rise < level_rise ? fmt::format("{} was not level from the end of the warm-up on", what)
                                               : fmt::format("{} still rises: +{} over the last quarter of the run",
                                                             what, core::format_ratio(stock.rise));
    if (stock.of_steady > 0)
      text += fmt::format(", then at about {} of its steady state", core::format_ratio(stock.of_steady));
    if (stock.rests.size() > 1) text += "; hit ratios and latencies that rest on it are of a run too short for them";
    warnings.push_back({"W07", text + fmt::format(": --set scenario.duration={:.0f}s", stock.duration_s)});
  }
  return warnings;
}

}  // namespace capplan::plan
