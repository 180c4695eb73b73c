#include "plan/study/hit_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>

#include "core/error.h"
#include "core/interval.h"
#include "core/zipf.h"
#include "models/cache/recent_keys.h"
#include "models/cache/shards.h"
#include "plan/capture/key_list.h"

namespace capplan::plan {

namespace {

constexpr std::uint64_t samples = 5;
constexpr std::size_t keys_at_a_time = 1'000'000;  // between looks at whether to stop
using Samples = std::vector<models::Shards>;

void stop_if_cancelled(const HitCurveOptions& options) {
  if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed))
    throw std::runtime_error("interrupted");
}

core::Estimate within(core::Estimate estimate, double most) {
  estimate.value = std::clamp(estimate.value, 0.0, most);
  estimate.lo = std::clamp(estimate.lo, 0.0, most);
  estimate.hi = std::clamp(estimate.hi, 0.0, most);
  return estimate;
}

template <class Figure>
core::Estimate estimate(const Samples& all, Figure figure, double most) {
  std::vector<double> values;
  for (const models::Shards& one : all) values.push_back(figure(one));
  return within(core::mean_interval(values), most);
}

/// The least whole size with that hit ratio, or nothing.
std::optional<double> least_size(const models::Shards& curve, double hit_ratio) {
  if (curve.most_hits() < hit_ratio) return std::nullopt;
  double lo = 0, hi = 1;  // misses it, reaches it
  while (curve.hit_ratio(hi) < hit_ratio) hi *= 2;
  while (hi - lo > std::max(1.0, hi * 1e-6)) {
    const double middle = std::floor(lo + (hi - lo) / 2);
    (curve.hit_ratio(middle) < hit_ratio ? lo : hi) = middle;
  }
  return hi;
}

HitCurveTarget target(const Samples& all, double hit_ratio) {
  std::vector<double> sizes;
  for (const models::Shards& one : all)
    if (const auto size = least_size(one, hit_ratio)) sizes.push_back(*size);
  HitCurveTarget result{hit_ratio, {}};
  if (sizes.size() == all.size()) result.entries = within(core::mean_interval(sizes), 1e300);
  return result;
}

/// 1, 2, 5, 10, … up to what holds all keys.
std::vector<double> round_sizes(double distinct) {
  std::vector<double> sizes;
  for (double decade = 10;; decade *= 10)
    for (const double digit : {1, 2, 5}) {
      sizes.push_back(decade * digit);
      if (sizes.back() >= distinct) return sizes;
    }
}

void finish(HitCurve& curve, const Samples& all, const HitCurveOptions& options, const std::vector<double>& stated) {
  curve.distinct = estimate(
      all, [](const models::Shards& one) { return one.distinct(); }, 1e300);
  curve.most_hits = estimate(
      all, [](const models::Shards& one) { return one.most_hits(); }, 1);
  std::vector<double> sizes = options.entries.empty() ? round_sizes(curve.distinct.value) : options.entries;
  sizes.insert(sizes.end(), stated.begin(), stated.end());
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  for (const double size : sizes)
    curve.points.push_back({size, std::find(stated.begin(), stated.end(), size) != stated.end(),
                            estimate(
                                all, [size](const models::Shards& one) { return one.hit_ratio(size); }, 1)});
  for (const double ratio : options.hit_ratios) curve.targets.push_back(target(all, ratio));
}

Samples fresh_samples(double first_rate) {
  Samples all;
  for (std::uint64_t i = 0; i < samples; ++i) all.emplace_back(models::shards_keys, core::mix(i + 1), first_rate);
  return all;
}

core::Estimate exactly(double x) { return {x, x, x, true}; }

/// Puts what was counted on every key in the place of what samples say.
void make_exact(HitCurve& curve, const models::RecentKeys& recent, double distinct) {
  const double most_hits = curve.asked > 0 ? 1 - distinct / curve.asked : 0;
  curve.distinct = exactly(distinct);
  curve.most_hits = exactly(most_hits);
  curve.exact_entries = recent.complete() ? std::numeric_limits<double>::infinity() : recent.most();
  for (HitCurvePoint& point : curve.points) {
    if (point.entries <= curve.exact_entries)
      point.hit_ratio =
          exactly(recent.hit_ratio(static_cast<std::uint32_t>(std::min<double>(point.entries, recent.most()))));
    else if (point.entries >= distinct)
      point.hit_ratio = curve.most_hits;
    else
      point.hit_ratio = within(point.hit_ratio, most_hits);
  }
  for (HitCurveTarget& target : curve.targets) {
    if (target.hit_ratio > most_hits) target.entries = {};
    if (recent.hit_ratio(recent.most()) < target.hit_ratio) continue;
    std::uint32_t lo = 0, hi = recent.most();  // misses it, reaches it
    while (hi - lo > 1) (recent.hit_ratio((lo + hi) / 2) < target.hit_ratio ? lo : hi) = (lo + hi) / 2;
    target.entries = exactly(hi);
  }
}

HitCurve curve_of(const std::vector<std::uint64_t>& keys, const HitCurveOptions& options,
                  const std::vector<double>& stated) {
  Samples all = fresh_samples(1);
  models::RecentKeys recent(exact_sizes);
  for (std::size_t at = 0; at < keys.size(); at += keys_at_a_time) {
    stop_if_cancelled(options);
    const auto some = std::span(keys).subspan(at, std::min(keys_at_a_time, keys.size() - at));
    for (models::Shards& one : all) one.add(some);
    recent.add(some);
  }
  HitCurve curve{.asked = static_cast<double>(keys.size())};
  finish(curve, all, options, stated);
  make_exact(curve, recent, static_cast<double>(models::distinct_keys(keys)));
  return curve;
}

/// Keys drawn by popularity, each sample from draws of its own.
HitCurve curve_of(std::uint64_t count, double zipf, const std::string& request, const HitCurveOptions& options,
                  const std::vector<double>& stated) {
  const core::Zipf law(count, zipf);
  // About as many of the known number of keys as a sample keeps, so that few are dropped again.
  Samples all = fresh_samples(std::min(1.0, 2.0 * models::shards_keys / static_cast<double>(count)));
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < samples; ++i) {
    core::Stream stream(options.seed, i, request, "keys of a hit curve");
    for (const bool counted : {false, true})
      for (std::uint64_t left = options.draws / 2; left > 0; left -= keys.size()) {
        stop_if_cancelled(options);
        keys.resize(std::min<std::uint64_t>(left, keys_at_a_time));
        for (std::uint64_t& key : keys) key = law.sample(stream);
        all[i].add(keys, counted);
      }
  }
  const auto half = static_cast<double>(options.draws / 2);
  HitCurve curve{.asked = half, .warmup = half};
  finish(curve, all, options, stated);
  return curve;
}

/// Sizes in entries of the caches that a request asks.
std::vector<double> stated_sizes(const Scenario& scenario, const models::Params& request) {
  std::vector<double> sizes;
  if (!request.has("caches")) return sizes;
  for (const models::Value& name : request.list("caches")) {
    const models::Section* cache = scenario.find(*name.as<std::string>());
    if (cache != nullptr && models::find(cache->params.values(), "max_entries") != nullptr)
      sizes.push_back(static_cast<double>(cache->params.count("max_entries")));
  }
  return sizes;
}

void check(const HitCurveOptions& options) {
  for (const double entries : options.entries)
    if (!(entries >= 1 && entries <= 1e15)) throw core::InputError({"--entries"}, "", "must be 1 to 1e15 entries");
  if (options.draws < 1000 || options.draws > 1'000'000'000)
    throw core::InputError({"--draws"}, "", "must be 1000 to 1e9 keys");
  for (const double ratio : options.hit_ratios)
    if (!(ratio > 0 && ratio < 1))
      throw core::InputError({"--hit-ratio"}, "", fmt::format("{:g} is no share between 0 and 1", ratio),
                             "--hit-ratio 90%,95%");
}

}  // namespace

HitCurves hit_curves(const Scenario& scenario, const HitCurveOptions& options) {
  check(options);
  HitCurves result{.source = scenario.name, .curves = {}};
  std::vector<std::string> names;
  for (const models::SectionId id : models::all_of(scenario.topology, models::Role::request)) {
    const models::Section& section = scenario.at(id);
    if (!section.params.has("keys")) continue;
    names.push_back(section.name);
    if (!options.request.empty() && options.request != section.name) continue;
    const models::Params keys = section.params.record("keys");
    const std::vector<double> stated = stated_sizes(scenario, section.params);
    if (keys.has("trace")) {
      const auto trace = keys.key_trace("trace");
      result.curves.push_back(curve_of(trace->keys, options, stated));
      result.curves.back().keys = trace->source;
    } else if (keys.has("shift") && keys.number("shift") > 0) {
      throw core::InputError(models::find(keys.values(), "shift")->where, section.path() + ".keys.shift",
                             "a popularity that moves has no one hit ratio at a size",
                             fmt::format("capplan run, or --set {}.keys.shift=0/s", section.path()));
    } else {
      result.curves.push_back(curve_of(static_cast<std::uint64_t>(keys.count("count")), keys.number("zipf"),
                                       section.path(), options, stated));
      result.curves.back().keys = fmt::format("Zipf {:g} over {} keys", keys.number("zipf"), keys.count("count"));
    }
    result.curves.back().name = section.name;
  }
  if (!result.curves.empty()) return result;
  if (names.empty())
    throw core::InputError({scenario.source, 0, 0}, "", "has no request with keys",
                           "keys = { zipf = 0.9, count = 1_000_000 }");
  const std::string near = core::nearest(options.request, names);
  throw core::InputError({"--request"}, "",
                         fmt::format("there is no request \"{}\" with keys{}", options.request,
                                     near.empty() ? "" : "; did you mean " + near + "?"));
}

HitCurves hit_curves(const models::KeyTrace& keys, const std::string& name, const HitCurveOptions& options) {
  check(options);
  if (!options.request.empty())
    throw core::InputError({"--request"}, "", "belongs to a scenario, not to a file of keys");
  HitCurves result{.source = keys.source, .curves = {curve_of(keys.keys, options, {})}};
  result.curves.front().name = name;
  result.curves.front().keys = keys.source;
  return result;
}

HitCurves hit_curves(const std::string& file, const HitCurveOptions& options) {
  return hit_curves(*load_keys(file), std::filesystem::path(file).stem().string(), options);
}

}  // namespace capplan::plan
