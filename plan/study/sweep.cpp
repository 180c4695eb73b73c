#include "plan/study/sweep.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/error.h"
#include "core/units.h"
#include "plan/scenario/draws.h"
#include "plan/study/point_hash.h"
#include "plan/study/store.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most_points = 100'000;
/// Of a larger grid no point keeps its profile, which takes four times the room of all the rest.
constexpr std::size_t most_profiles = 10'000;

/// The value index on each axis of point `number`; the last axis runs fastest.
std::vector<std::size_t> place(const std::vector<Axis>& axes, std::size_t number) {
  std::vector<std::size_t> result(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    result[a] = number % axes[a].values.size();
    number /= axes[a].values.size();
  }
  return result;
}

std::size_t count_points(const std::vector<Axis>& axes, const std::string& file) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    count *= axis.values.size();
    if (count > most_points)
      throw core::InputError({file, 0, 0}, "sweep", "the grid has more than 100000 points",
                             "take fewer values on an axis, or split it over several sweeps");
  }
  return count;
}

AxisValues axis_values(const std::vector<Axis>& axes, const std::vector<std::string>& labels) {
  AxisValues values;
  for (std::size_t a = 0; a < axes.size(); ++a) values.emplace_back(axes[a].key, labels[a]);
  return values;
}

bool meets(const SweepPoint& point) { return point.done && point.result.verdict == Verdict::ok; }

/// How much a raw value of an axis is, in its base unit.
double magnitude(const models::Value& value) {
  if (const auto* count = value.as<std::int64_t>()) return static_cast<double>(*count);
  if (const auto* number = value.as<double>()) return *number;
  const auto* text = value.as<std::string>();
  if (text == nullptr) return 0;
  if (const auto bytes = core::parse_bytes(*text)) return static_cast<double>(bytes.value);
  if (const auto span = core::parse_duration(*text)) return core::to_seconds(span.value);
  const auto rate = core::parse_rate(*text);
  return rate ? rate.value : 0;
}

/// The indices of an axis's values, least first.
std::vector<std::size_t> ascending(const Axis& axis) {
  std::vector<std::size_t> order(axis.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return magnitude(axis.values[a]) < magnitude(axis.values[b]); });
  return order;
}

/// For each setting of the other axes, the least value of a costing axis that meets the SLOs.
void find_smallest(Sweep& sweep) {
  const bool judged = std::any_of(sweep.points.begin(), sweep.points.end(),
                                  [](const SweepPoint& point) { return !point.result.slos.empty(); });
  if (!judged) return;
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    if (!sweep.axes[a].costs) continue;
    for (std::size_t number = 0; number < sweep.points.size(); ++number) {
      if (place(sweep.axes, number)[a] != 0) continue;  // once for each setting of the others
      std::size_t stride = 1;
      for (std::size_t b = a + 1; b < sweep.axes.size(); ++b) stride *= sweep.axes[b].values.size();
      Smallest smallest{{}, sweep.axes[a].key, "", false};
      for (std::size_t b = 0; b < sweep.axes.size(); ++b)
        if (b != a) smallest.others.push_back(sweep.axes[b].key + " = " + sweep.points[number].labels[b]);
      bool complete = true;
      for (const std::size_t v : ascending(sweep.axes[a])) {
        const SweepPoint& point = sweep.points[number + v * stride];
        complete = complete && point.done;
        if (meets(point)) {
          smallest.label = point.labels[a];
          break;
        }
        if (point.done && point.result.verdict == Verdict::undecided) smallest.undecided_below = true;
      }
      if (complete) sweep.smallest.push_back(std::move(smallest));
    }
  }
}

}  // namespace

Sweep sweep(const Draft& draft, const std::vector<Override>& overrides, const std::vector<Axis>& vary,
            const SweepOptions& options, const RunHooks& hooks) {
  const Scenario base = resolve(draft, overrides, vary);
  Sweep sweep{
      .name = base.name, .seed = options.run.seed, .axes = base.axes, .points = {}, .smallest = {}, .reused = 0};
  std::optional<Store> store;
  if (!options.store.empty()) store.emplace(options.store);

  Draft one = draft;  // the axes were checked with the base: a point needs them no more
  std::erase_if(one.document, [](const auto& entry) { return entry.first == "sweep"; });
  std::vector<std::vector<Override>> settings;  // of the points to be computed
  std::vector<std::size_t> point_of;
  std::vector<PointKey> keys;
  const std::string rule = rule_text(options.run);
  const std::size_t count = count_points(sweep.axes, draft.file);
  for (std::size_t number = 0; number < count; ++number) {
    std::vector<Override> all = overrides;
    SweepPoint point;
    const std::vector<std::size_t> at = place(sweep.axes, number);
    for (std::size_t a = 0; a < at.size(); ++a) {
      all.push_back({sweep.axes[a].key, sweep.axes[a].values[at[a]]});
      point.labels.push_back(sweep.axes[a].labels[at[a]]);
    }
    const Scenario scenario = resolve(one, all);
    PointKey key = point_key(scenario, options.run, options.run.draws > 0 ? drawn_from(one, scenario) : "");
    point.hash = point_hash(key, rule);
    std::optional<Result> known;
    if (store && !options.fresh) known = store->find(key, rule);
    if (known) {
      point.result = std::move(*known);
      point.done = true;
      ++sweep.reused;
    } else if (number % static_cast<std::size_t>(options.shards) == static_cast<std::size_t>(options.shard)) {
      settings.push_back(std::move(all));
      point_of.push_back(number);
      keys.push_back(std::move(key));
    }
    sweep.points.push_back(std::move(point));
  }

  RunHooks own = hooks;
  own.finished = [&](std::size_t index, const Result& result) {
    SweepPoint& point = sweep.points[point_of[index]];
    point.result = result;
    for (Figure& figure : point.result.figures) {  // a grid of many points would grow tenfold
      figure.values.clear();
      figure.draws.clear();
    }
    if (count > most_profiles) point.result.profile = {};
    point.done = true;
    if (store) store->save(keys[index], rule, point.result, axis_values(sweep.axes, point.labels));
    if (hooks.finished) hooks.finished(index, result);
  };
  const auto scenario_of = [&](std::size_t index) {
    Scenario scenario = resolve(one, settings[index]);
    if (options.run.draws > 0) add_draws(one, settings[index], options.run.draws, options.run.seed, scenario);
    return scenario;
  };
  run_all(settings.size(), scenario_of, options.run, own);
  find_smallest(sweep);
  return sweep;
}

}  // namespace capplan::plan
