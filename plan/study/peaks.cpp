// A window is a fortieth of what is simulated after a given warm-up: a peak is an average over that long, as that of a
// monitoring system is over its interval. Shorter bursts do not show in it, and a longer run has a smoother one.

#include "plan/study/peaks.h"

#include <algorithm>

#include "core/interval.h"
#include "plan/study/judge.h"

namespace capplan::plan {

namespace {

double highest(const Stretch& s, std::size_t meter) {
  if (s.highest != nullptr) return (*s.highest)[meter];
  const auto& ends = s.recording->ends;
  const double capacity = s.recording->meters[meter].capacity;
  double most = 0;
  for (std::size_t w = s.first; w < s.last; ++w) {
    const double seconds = core::to_seconds(ends[w] - (w == 0 ? 0 : ends[w - 1]));
    most = std::max(most, s.recording->scalars[meter][w] / seconds / (capacity > 0 ? capacity : 1));
  }
  return most;
}

}  // namespace

void add_peaks(const std::vector<Slo>& slos, const std::vector<Stretch>& kept, std::vector<Figure>& figures) {
  constexpr std::string_view ending = "_peak";
  for (const Slo& slo : slos) {
    if (!slo.metric.ends_with(ending)) continue;
    const std::vector<std::string> path = figure_path(slo.target, slo.metric);
    std::vector<std::string> of = path;
    of.back().resize(of.back().size() - ending.size());
    const auto& meters = kept.front().recording->meters;
    const auto found = std::find_if(meters.begin(), meters.end(), [&](const core::Meter& m) { return m.path == of; });
    const bool known = std::any_of(figures.begin(), figures.end(), [&](const Figure& f) { return f.path == path; });
    if (found == meters.end() || known) continue;
    std::vector<double> values;
    for (const Stretch& stretch : kept)
      values.push_back(highest(stretch, static_cast<std::size_t>(found - meters.begin())));
    const bool several = kept.size() > 1 && kept.front().recording != kept.back().recording;
    figures.push_back(
        {path, several ? core::mean_interval(values) : core::Estimate{}, several ? values : std::vector<double>{}});
  }
}

}  // namespace capplan::plan
