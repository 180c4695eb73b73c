#include "plan/report/html/page_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/report/report.h"

namespace capplan::plan {

namespace {

using Indices = std::vector<std::size_t>;

/// How many values of each axis are kept: the longest gives way first.
Indices kept_counts(const std::vector<Axis>& axes) {
  Indices counts;
  for (const Axis& axis : axes) counts.push_back(axis.labels.size());
  const auto product = [&] {
    std::size_t points = 1;
    for (const std::size_t count : counts) points *= count;
    return points;
  };
  while (product() > most_points_on_page) --*std::max_element(counts.begin(), counts.end());
  return counts;
}

/// So many of the values, evenly; the ends are among them if there are two or more.
Indices evenly(const Indices& values, std::size_t count) {
  Indices chosen;
  for (std::size_t i = 0; i < count; ++i)
    chosen.push_back(values[count == 1 ? 0 : i * (values.size() - 1) / (count - 1)]);
  return chosen;
}

/// Which values of an axis: those that answers name, then the ends, then the middle of the widest gap.
Indices kept_values(const Axis& axis, std::size_t count, const std::vector<Smallest>& answers) {
  Indices named;
  for (std::size_t v = 0; v < axis.labels.size(); ++v)
    if (std::any_of(answers.begin(), answers.end(),
                    [&](const Smallest& s) { return s.key == axis.key && s.label == axis.labels[v]; }))
      named.push_back(v);
  if (named.size() >= count) return evenly(named, count);
  std::set<std::size_t> kept(named.begin(), named.end());
  for (const std::size_t end : {std::size_t{0}, axis.labels.size() - 1})
    if (kept.size() < count) kept.insert(end);
  while (kept.size() < count) {
    std::size_t from = *kept.begin(), before = from, widest = 0;
    for (const std::size_t v : kept) {
      if (v - before > widest) {
        widest = v - before;
        from = before;
      }
      before = v;
    }
    if (widest < 2) break;  // the ends are not both there
    kept.insert(from + widest / 2);
  }
  for (std::size_t v = 0; kept.size() < count; ++v) kept.insert(v);
  return {kept.begin(), kept.end()};
}

/// "32 of 100 values of pool.app.size".
std::string left_out(const Sweep& whole, const Sweep& part) {
  std::string axes;
  for (std::size_t a = 0; a < whole.axes.size(); ++a)
    if (part.axes[a].labels.size() < whole.axes[a].labels.size())
      axes += fmt::format("{}{} of {} values of {}", axes.empty() ? "" : ", ", part.axes[a].labels.size(),
                          whole.axes[a].labels.size(), whole.axes[a].key);
  return fmt::format(
      "this page shows {} of {} points: {}; all of them are in the sweep's store, and in what -o with the extension "
      ".csv "
      "or .json writes",
      part.points.size(), whole.points.size(), axes);
}

/// The first points of what is no grid, where every part of it is as good as another.
Sweep first_of(const Sweep& whole) {
  Sweep part = whole;
  part.points.resize(most_points_on_page);
  part.excerpt = {report(whole).headline, left_out(whole, part)};
  return part;
}

/// The points whose values are kept on every axis, and the answers at these.
Sweep part_of(const Sweep& whole) {
  const Indices counts = kept_counts(whole.axes);
  Sweep part = whole;
  part.points.clear();
  std::vector<std::set<std::string>> labels(whole.axes.size());
  std::set<std::string> settings;
  for (std::size_t a = 0; a < whole.axes.size(); ++a) {
    Axis& axis = part.axes[a];
    axis.values.clear();
    axis.labels.clear();
    for (const std::size_t v : kept_values(whole.axes[a], counts[a], whole.smallest)) {
      axis.labels.push_back(whole.axes[a].labels[v]);
      labels[a].insert(axis.labels.back());
      settings.insert(axis.key + " = " + axis.labels.back());
    }
  }
  for (const SweepPoint& point : whole.points) {
    bool kept = true;
    for (std::size_t a = 0; a < labels.size(); ++a) kept = kept && labels[a].contains(point.labels[a]);
    if (kept) part.points.push_back(point);
  }
  std::erase_if(part.smallest, [&](const Smallest& s) {
    return !std::all_of(s.others.begin(), s.others.end(), [&](const auto& other) { return settings.contains(other); });
  });
  part.excerpt = {report(whole).headline, left_out(whole, part)};
  return part;
}

/// The points that answers name: the smallest setting at each setting of the others.
std::vector<bool> named_points(const Sweep& sweep) {
  std::set<std::vector<std::string>> answers;
  for (const Smallest& s : sweep.smallest) {
    std::vector<std::string> answer = {s.key + " = " + s.label};
    answer.insert(answer.end(), s.others.begin(), s.others.end());
    answers.insert(std::move(answer));
  }
  std::vector<bool> named;
  for (const SweepPoint& point : sweep.points) {
    bool found = false;
    for (std::size_t a = 0; a < sweep.axes.size() && !found; ++a) {
      std::vector<std::string> at = {sweep.axes[a].key + " = " + point.labels[a]};
      for (std::size_t b = 0; b < sweep.axes.size(); ++b)
        if (b != a) at.push_back(sweep.axes[b].key + " = " + point.labels[b]);
      found = answers.contains(at);
    }
    named.push_back(found);
  }
  return named;
}

}  // namespace

Sweep for_page(const Sweep& sweep) {
  Sweep page = sweep.points.size() <= most_points_on_page ? sweep : sweep.is_grid() ? part_of(sweep) : first_of(sweep);
  const bool all_detailed = page.points.size() <= most_details_on_page;
  const std::vector<bool> named = named_points(page);
  std::size_t detailed = 0;
  const Result* first = nullptr;
  for (std::size_t i = 0; i < page.points.size(); ++i) {
    Result& result = page.points[i].result;
    for (Figure& figure : result.figures) {
      figure.values.clear();
      figure.draws.clear();
    }
    result.profile.ends_s.clear();
    result.profile.series.clear();
    if (!all_detailed && (!named[i] || ++detailed > most_details_on_page)) result.profile = {};
    if (first != nullptr) result.scenario.clear();
    if (first != nullptr && result.calibration.evidence == first->calibration.evidence)
      result.calibration.evidence = {};
    if (first == nullptr && page.points[i].done) first = &result;
  }
  return page;
}

}  // namespace capplan::plan
