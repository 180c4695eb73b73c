#include "plan/study/steadiness.h"

#include <algorithm>
#include <numeric>

#include "core/interval.h"
#include "core/rise.h"
#include "core/warmup.h"
#include "models/system.h"

namespace capplan::plan {

namespace {

/// Each step of the series, averaged over replications; from MSER-5 the first window that is kept.
void cut_warmup(std::span<const Replication> replications, Steadiness& steady) {
  const std::size_t length = replications.front().recording.in_flight.size();
  std::vector<double> mean(length, 0);
  for (const Replication& replication : replications)
    for (std::size_t i = 0; i < length; ++i)
      mean[i] += replication.recording.in_flight[i] / static_cast<double>(replications.size());
  const core::WarmupCut found = core::mser5(mean);
  steady.settled = found.settled;
  const std::size_t step = models::steps_per_window;
  steady.first_window = (found.cut + step - 1) / step;
}

/// A level's average in each window from the first on, over replications.
std::vector<double> course_of(std::span<const Replication> replications, std::size_t meter, std::size_t first) {
  const std::vector<core::Nanos>& ends = replications.front().recording.ends;
  std::vector<double> course;
  for (std::size_t w = first; w < ends.size(); ++w) {
    double sum = 0;
    for (const Replication& replication : replications) sum += replication.recording.scalars[meter][w];
    const double seconds = core::to_seconds(ends[w] - (w == 0 ? 0 : ends[w - 1]));
    course.push_back(sum / seconds / static_cast<double>(replications.size()));
  }
  return course;
}

/// Moves the cut to where every stock is level, as far as that is in the first half and no warm-up is given; those that
/// rise after it all the same are said.
void watch_stocks(std::span<const Replication> replications, bool given, Steadiness& steady) {
  const core::Recording& first = replications.front().recording;
  std::vector<std::size_t> stocks;
  for (std::size_t m = 0; m < first.meters.size(); ++m)
    if (first.meters[m].spec->stock && first.meters[m].kind() == core::Aggregation::level) stocks.push_back(m);
  const double level = false_alarms / static_cast<double>(std::max<std::size_t>(1, stocks.size()));
  const auto rise_of = [&](std::size_t meter) {
    return core::find_rise(course_of(replications, meter, steady.first_window), level_rise, level);
  };
  std::erase_if(stocks, [&](std::size_t meter) { return !rise_of(meter).rises; });
  std::size_t cut = steady.first_window;
  for (const std::size_t meter : stocks) {
    const core::WarmupCut found = core::mser(course_of(replications, meter, steady.first_window));
    const std::size_t at = steady.first_window + found.cut;
    if (!given && found.settled && at < first.ends.size() / 2) cut = std::max(cut, at);
  }
  steady.first_window = cut;
  // How much, and for how long it will go on, is of the whole run.
  const std::size_t begin = given && first.ends.size() > 1 ? 1 : 0;
  const double begin_s = begin == 0 ? 0 : core::to_seconds(first.ends[begin - 1]);
  const double window_s =
      (core::to_seconds(first.ends.back()) - begin_s) / static_cast<double>(first.ends.size() - begin);
  for (const std::size_t meter : stocks) {
    if (!rise_of(meter).rises) continue;
    const core::Rise whole = core::find_rise(course_of(replications, meter, begin), level_rise, level);
    const double settled = whole.settled_after > 0 ? begin_s + whole.settled_after * window_s : 0;
    steady.rising.push_back({meter, whole.last_quarter, settled});
  }
}

}  // namespace

Steadiness find_steadiness(std::span<const Replication> replications, const RunFrame& frame) {
  Steadiness steady;
  steady.first_window = frame.warmup > 0 ? 1 : 0;  // the series begins after it
  steady.moving = frame.moving;
  if (frame.moving) return steady;
  const auto judged = replications.first(std::min(replications.size(), std::size_t{cut_replications}));
  const bool given = frame.warmup >= 0;
  if (!given) cut_warmup(judged, steady);
  watch_stocks(judged, given, steady);
  const std::size_t cut = given ? 0 : steady.first_window * models::steps_per_window;
  std::vector<double> growths;
  double requests = 0;  // by which the number inside grows, on average
  for (const Replication& replication : judged) {
    const std::span all(replication.recording.in_flight);
    const std::span series = all.subspan(std::min(cut, all.size()));
    growths.push_back(core::relative_growth(series));
    const double sum = std::accumulate(series.begin(), series.end(), 0.0);
    if (!series.empty()) requests += growths.back() * sum / static_cast<double>(series.size() * judged.size());
  }
  // Growth by more than a fifth of the mean, sure at 99 %, and by a request at least, is no wandering about a mean.
  if (growths.size() >= 3) steady.growing = requests >= 1 && core::slope_test(growths, 0.2, 0.99).growing;
  return steady;
}

}  // namespace capplan::plan
