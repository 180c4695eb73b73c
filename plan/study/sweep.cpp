#include "plan/study/sweep.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "plan/scenario/draws.h"
#include "plan/study/point_hash.h"
#include "plan/study/runner.h"
#include "plan/study/store.h"

namespace capplan::plan {

namespace {

/// Points that had no turn are listed in a study of at most that many.
constexpr std::size_t most_listed = 100'000;
/// Of a larger grid no point keeps its profile, which takes four times the room of all the rest.
constexpr std::size_t most_profiles = 10'000;

AxisValues axis_values(const std::vector<Axis>& axes, const std::vector<std::string>& labels) {
  AxisValues values;
  for (std::size_t a = 0; a < axes.size(); ++a) values.emplace_back(axes[a].key, labels[a]);
  return values;
}

/// Of a point those laws alone that disagree: all of them would double what a point takes.
void keep_telling(std::vector<LawRow>& laws) {
  std::erase_if(laws, [](const LawRow& row) {
    return row.verdict == LawVerdict::holds || row.verdict == LawVerdict::not_applicable;
  });
}

/// A sweep while it runs: makes points by their number, and keeps what becomes of them.
class Sweeping {
 public:
  Sweeping(const Draft& draft, const std::vector<Override>& overrides, const SweepOptions& options,
           std::vector<Axis> axes, Sweep& sweep)
      : one_(draft), overrides_(overrides), options_(options), sweep_(sweep) {
    // The axes were checked with the base: a point needs them no more.
    std::erase_if(one_.document, [](const auto& entry) { return entry.first == "sweep"; });
    sweep_.axes = std::move(axes);
    points_ = make_points(design_of(draft.document, options.design), sweep_.axes, options.run.seed, draft.file);
    sweep_.planned = points_->count();
    if (!options.store.empty()) store_.emplace(options.store);
  }

  /// Of this shard.
  std::size_t count() const {
    const auto shard = static_cast<std::size_t>(options_.shard), shards = static_cast<std::size_t>(options_.shards);
    return sweep_.planned > shard ? (sweep_.planned - shard - 1) / shards + 1 : 0;
  }

  /// The scenario of this shard's point `index`, or its result, where the store has it or another point was the same.
  Turn open(std::size_t index) {
    const std::size_t number = number_of(index);
    list(number + 1);
    SweepPoint& point = sweep_.points[number];
    const std::vector<Override> settings = settings_of(number);
    Scenario scenario = resolve(one_, settings);
    const int draws = options_.run.draws;
    PointKey key = point_key(scenario, options_.run, draws > 0 ? drawn_from(one_, scenario) : "");
    point.hash = point_hash(key, rule_);
    if (std::optional<Result> known = find(key, point.hash)) {
      keep_telling(known->laws);
      point.result = *known;
      point.done = true;
      return std::move(*known);
    }
    number_of_hash_[point.hash] = number;
    keys_[index] = std::move(key);
    if (draws > 0) add_draws(one_, settings, draws, options_.run.seed, scenario);
    return scenario;
  }

  void finish(std::size_t index, const Result& result) {
    SweepPoint& point = sweep_.points[number_of(index)];
    point.result = result;
    for (Figure& figure : point.result.figures) {  // a grid of many points would grow tenfold
      figure.values.clear();
      figure.draws.clear();
    }
    keep_telling(point.result.laws);
    if (sweep_.planned > most_profiles) point.result.profile = {};
    point.done = true;
    const auto key = keys_.extract(index);
    if (store_ && !key.empty()) store_->save(key.mapped(), rule_, point.result, axis_values(sweep_.axes, point.labels));
  }

  /// What is named of a finished sweep.
  std::vector<Smallest> smallest() const {
    return find_smallest(sweep_, [this](std::size_t number) { return resolve(one_, settings_of(number)); });
  }

  /// Lists the first points, up to `count`.
  void list(std::size_t count) {
    for (std::size_t number = sweep_.points.size(); number < count; ++number) {
      SweepPoint point;
      const std::vector<std::size_t> at = points_->at(number);
      for (std::size_t a = 0; a < at.size(); ++a) point.labels.push_back(sweep_.axes[a].labels[at[a]]);
      sweep_.points.push_back(std::move(point));
    }
  }

 private:
  std::size_t number_of(std::size_t index) const {
    return index * static_cast<std::size_t>(options_.shards) + static_cast<std::size_t>(options_.shard);
  }

  std::vector<Override> settings_of(std::size_t number) const {
    std::vector<Override> all = overrides_;
    const std::vector<std::size_t> at = points_->at(number);
    for (std::size_t a = 0; a < at.size(); ++a) all.push_back({sweep_.axes[a].key, sweep_.axes[a].values[at[a]]});
    return all;
  }

  std::optional<Result> find(const PointKey& key, const std::string& hash) {
    if (const auto same = number_of_hash_.find(hash); same != number_of_hash_.end())
      if (const SweepPoint& point = sweep_.points[same->second]; point.done) return point.result;
    if (!store_ || options_.fresh) return std::nullopt;
    std::optional<Result> known = store_->find(key, rule_);
    if (known) ++sweep_.reused;
    return known;
  }

  Draft one_;
  const std::vector<Override>& overrides_;
  const SweepOptions& options_;
  Sweep& sweep_;
  std::unique_ptr<Points> points_;
  std::optional<Store> store_;
  std::string rule_ = rule_text(options_.run);
  std::unordered_map<std::size_t, PointKey> keys_;               ///< of this shard's points that are computed
  std::unordered_map<std::string, std::size_t> number_of_hash_;  ///< of points that are computed
};

}  // namespace

bool Sweep::is_grid() const {
  std::size_t size = 1;
  for (const Axis& axis : axes) size *= axis.labels.size();
  if (points.size() != size) return false;
  for (std::size_t number = 0; number < size; ++number) {
    std::size_t rest = number;
    for (std::size_t a = axes.size(); a-- > 0; rest /= axes[a].labels.size())
      if (points[number].labels[a] != axes[a].labels[rest % axes[a].labels.size()]) return false;
  }
  return true;
}

Sweep sweep(const Draft& draft, const std::vector<Override>& overrides, const std::vector<Axis>& vary,
            const SweepOptions& options, const RunHooks& hooks) {
  Scenario base = resolve(draft, overrides, vary);
  Sweep sweep{.name = base.name, .seed = options.run.seed};
  Sweeping sweeping(draft, overrides, options, std::move(base.axes), sweep);
  const bool all = evaluate({.points = sweeping.count(),
                             .open = [&](std::size_t index) { return sweeping.open(index); },
                             .rule = until_answered(options.run.stopping),
                             .finished =
                                 [&](std::size_t index, const Result& result) {
                                   sweeping.finish(index, result);
                                   if (hooks.finished) hooks.finished(index, result);
                                 }},
                            options.run, hooks);
  if (all || sweep.planned <= most_listed) sweeping.list(sweep.planned);
  sweep.smallest = sweeping.smallest();
  return sweep;
}

}  // namespace capplan::plan
