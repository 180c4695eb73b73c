// MSER and MSER-5; sources and limits in warmup.h. One pass from the end keeps the mean and the squared deviations of
// every tail (Welford's update), so that the cost is linear and no squares of large means cancel.

#include "core/warmup.h"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace capplan::core {
namespace {

constexpr std::size_t fewest_values = 4;

}  // namespace

WarmupCut mser(std::span<const double> series) {
  for (const double value : series) {
    if (!std::isfinite(value)) throw std::invalid_argument("series: each value must be finite");
  }
  WarmupCut best;
  if (series.size() < fewest_values) return best;
  const std::size_t limit = series.size() / 2;
  double mean = 0;
  double squares = 0;
  bool any = false;
  for (std::size_t start = series.size(); start > 0; --start) {
    const std::size_t cut = start - 1;
    const double kept = static_cast<double>(series.size() - cut);
    const double away = series[cut] - mean;
    mean += away / kept;
    squares += away * (series[cut] - mean);
    if (cut > limit) continue;
    const double statistic = squares / (kept * kept);
    if (!any || statistic <= best.statistic) {  // on a tie the earlier cut keeps more
      best.cut = cut;
      best.statistic = statistic;
      any = true;
    }
  }
  best.settled = best.cut < limit;
  return best;
}

WarmupCut mser5(std::span<const double> series, std::size_t batch) {
  if (batch == 0) throw std::invalid_argument("batch: must be 1 or more");
  std::vector<double> means(series.size() / batch);
  for (std::size_t b = 0; b < means.size(); ++b) {
    double sum = 0;
    for (const double value : series.subspan(b * batch, batch)) sum += value;
    means[b] = sum / static_cast<double>(batch);
  }
  WarmupCut result = mser(means);
  result.cut *= batch;
  return result;
}

}  // namespace capplan::core
