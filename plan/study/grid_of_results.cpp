#include "plan/study/grid_of_results.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/units.h"
#include "plan/scenario/settings.h"

namespace capplan::plan {

namespace {

using Settings = std::map<std::string, std::string>;  // value by key

/// A grid that is mostly holes is none.
constexpr std::size_t most_places = 100'000;

/// What a label is worth for putting it in order; labels that are no quantities stay in the order of letters.
double magnitude(const std::string& label) {
  if (const auto span = core::parse_duration(label)) return core::to_seconds(span.value);
  if (const auto bytes = core::parse_bytes(label)) return static_cast<double>(bytes.value);
  if (const auto rate = core::parse_rate(label)) return rate.value;
  if (const auto ratio = core::parse_ratio(label)) return ratio.value;
  return std::strtod(label.c_str(), nullptr);
}

/// One point a scenario, of most replications, in the order of the scenarios' hashes.
std::vector<StoredPoint> without_repeats(std::vector<StoredPoint> points) {
  std::map<std::string, StoredPoint> best;
  for (StoredPoint& point : points) {
    StoredPoint& known = best[point.result.scenario_hash];
    if (known.hash.empty() || known.result.replications < point.result.replications) known = std::move(point);
  }
  std::vector<StoredPoint> result;
  for (auto& [hash, point] : best) result.push_back(std::move(point));
  return result;
}

/// The keys in which the points differ, with their values from least to greatest.
std::vector<Axis> differences(const std::vector<Settings>& all) {
  std::vector<Axis> axes;
  for (const auto& [key, first] : all.front()) {
    Axis axis{.key = key};
    for (const Settings& settings : all) {
      const auto found = settings.find(key);
      const std::string value = found == settings.end() ? "" : found->second;
      if (std::find(axis.labels.begin(), axis.labels.end(), value) == axis.labels.end()) axis.labels.push_back(value);
    }
    if (axis.labels.size() < 2) continue;
    std::sort(axis.labels.begin(), axis.labels.end());
    std::stable_sort(axis.labels.begin(), axis.labels.end(),
                     [](const auto& a, const auto& b) { return magnitude(a) < magnitude(b); });
    axes.push_back(std::move(axis));
  }
  return axes;
}

}  // namespace

KeptGrid grid_of(std::vector<StoredPoint> points, const std::string& file) {
  points = without_repeats(std::move(points));
  if (points.empty())
    throw core::InputError({file, 0, 0}, "", "holds no points yet", "capplan sweep SCENARIO --store " + file);
  if (points.size() == 1) return std::move(points.front().result);

  std::vector<Settings> all(points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    for (const Setting& setting : settings(points[i].result.scenario)) all[i][setting.key()] = setting.value;
  Sweep sweep{.name = points.front().result.name, .seed = points.front().result.seed, .axes = differences(all)};
  std::size_t places = 1;
  for (const Axis& axis : sweep.axes) places = std::min(places * axis.labels.size(), most_places + 1);
  if (sweep.axes.empty() || places > most_places)
    throw core::InputError({file, 0, 0}, "", "holds points that are no grid: they differ in too much, or in no setting",
                           "write the report with the sweep itself: capplan sweep SCENARIO -o report.html");

  std::map<std::vector<std::string>, std::size_t> point_at;  // the last of those with the same labels
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::string> labels;
    for (const Axis& axis : sweep.axes) labels.push_back(all[i][axis.key]);
    point_at[std::move(labels)] = i;
  }
  sweep.planned = places;
  for (std::size_t number = 0; number < places; ++number) {
    SweepPoint point;
    std::size_t rest = number;
    for (std::size_t a = sweep.axes.size(); a-- > 0; rest /= sweep.axes[a].labels.size())
      point.labels.insert(point.labels.begin(), sweep.axes[a].labels[rest % sweep.axes[a].labels.size()]);
    if (const auto found = point_at.find(point.labels); found != point_at.end()) {
      point.hash = points[found->second].hash;
      point.done = true;
      point.result = points[found->second].result;
    }
    sweep.points.push_back(std::move(point));
  }
  return sweep;
}

}  // namespace capplan::plan
