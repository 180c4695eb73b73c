#include "plan/study/summary.h"

#include <algorithm>
#include <cmath>

#include "core/interval.h"
#include "plan/study/percentiles.h"

namespace capplan::plan {

namespace {

using core::Aggregation;
using core::Estimate;
using core::Histogram;

constexpr std::size_t batches = 10;

struct Percentile {
  const char* name;
  double p;
};
constexpr Percentile percentiles[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};

double seconds_of(const Stretch& stretch) {
  const auto& ends = stretch.recording->ends;
  const core::Nanos begin = stretch.first == 0 ? 0 : ends[stretch.first - 1];
  return core::to_seconds(ends[stretch.last - 1] - begin);
}

double sum_of(const Stretch& stretch, std::size_t meter) {
  const auto& windows = stretch.recording->scalars[meter];
  double sum = 0;
  for (std::size_t w = stretch.first; w < stretch.last; ++w) sum += windows[w];
  return sum;
}

void merge_into(Histogram& histogram, const Stretch& stretch, std::size_t meter) {
  for (std::size_t w = stretch.first; w < stretch.last; ++w) histogram.merge(stretch.recording->histograms[meter][w]);
}

class Summary {
 public:
  explicit Summary(const std::vector<Stretch>& stretches) : stretches_(stretches) {}

  std::vector<Figure> all() {
    const auto& meters = stretches_.front().recording->meters;
    for (std::size_t m = 0; m < meters.size(); ++m) {
      switch (meters[m].kind()) {
        case Aggregation::rate:
          add_rate(meters[m].path, {m});
          break;
        case Aggregation::ratio:
          add_ratio(meters[m].path, {m}, {meters[m].over});
          break;
        case Aggregation::level:
          add_level(m);
          break;
        case Aggregation::histogram:
          add_histogram(meters[m].path, {m});
          break;
        case Aggregation::breakdown:
        case Aggregation::computed:
          break;  // of the profile
      }
    }
    add_all_requests();
    return std::move(figures_);
  }

 private:
  /// No figure can be negative, so no interval reaches below 0. `values` are kept where there is one for each stretch.
  void add(std::vector<std::string> path, Estimate estimate, std::vector<double> values) {
    estimate.lo = std::max(estimate.lo, 0.0);
    if (path.size() > 2 && (path[2] == "error_ratio" || path[2] == "errors")) estimate.hi = std::min(estimate.hi, 1.0);
    if (!estimate.known || values.size() != stretches_.size()) values.clear();
    figures_.push_back({std::move(path), estimate, std::move(values)});
  }

  double total(const Stretch& stretch, const std::vector<std::size_t>& meters) const {
    double sum = 0;
    for (const std::size_t m : meters) sum += sum_of(stretch, m);
    return sum;
  }

  void add_rate(const std::vector<std::string>& path, const std::vector<std::size_t>& meters) {
    std::vector<double> values;
    for (const Stretch& s : stretches_) values.push_back(total(s, meters) / seconds_of(s));
    add(path, core::mean_interval(values), values);
  }

  /// A share that was never seen still has an upper bound: Wilson's, of all trials together.
  void add_ratio(const std::vector<std::string>& path, const std::vector<std::size_t>& meters,
                 const std::vector<std::size_t>& over) {
    std::vector<double> values;
    double seen = 0, trials = 0;
    for (const Stretch& s : stretches_) {
      const double above = total(s, meters), below = total(s, over);
      seen += above;
      trials += below;
      if (below > 0) values.push_back(above / below);
    }
    const bool is_error = path.size() == 4 && path[2] == "errors";
    if (is_error && seen == 0) return;
    if (seen == 0 && trials > 0 && path.back() == "error_ratio")
      add(path, core::proportion_interval(0, static_cast<std::uint64_t>(trials)), values);
    else
      add(path, values.size() == stretches_.size() ? core::mean_interval(values) : Estimate{}, values);
  }

  void add_level(std::size_t m) {
    const core::Meter& meter = stretches_.front().recording->meters[m];
    std::vector<double> values;
    for (const Stretch& s : stretches_)
      values.push_back(sum_of(s, m) / seconds_of(s) / (meter.capacity > 0 ? meter.capacity : 1));
    add(meter.path, core::mean_interval(values), values);
  }

  void add_histogram(std::vector<std::string> path, const std::vector<std::size_t>& meters) {
    std::vector<Spans> each(stretches_.size());
    std::vector<double> means;
    for (std::size_t s = 0; s < each.size(); ++s) {
      for (const std::size_t m : meters) merge_into(*each[s].ended, stretches_[s], m);
      if (each[s].ended->count() > 0) means.push_back(each[s].ended->mean());
    }
    path.emplace_back("mean");
    add(path, means.size() == each.size() ? core::mean_interval(means) : Estimate{}, means);
    for (const Percentile& percentile : percentiles) {
      path.back() = percentile.name;
      const std::vector<double> values = percentile_values(each, percentile.p);
      add(path, core::mean_interval(values), values);
    }
  }

  void add_all_requests() {
    const auto& meters = stretches_.front().recording->meters;
    std::vector<std::size_t> offered, completed, ended, failed, latency;
    for (std::size_t m = 0; m < meters.size(); ++m) {
      const auto& path = meters[m].path;
      if (path[0] != "requests" || path.size() != 3) continue;
      if (path[2] == "offered_per_s") offered.push_back(m);
      if (path[2] == "completed_per_s") completed.push_back(m);
      if (path[2] == "ended_per_s") ended.push_back(m);
      if (path[2] == "error_ratio") failed.push_back(m);
      if (path[2] == "latency_s") latency.push_back(m);
    }
    if (offered.empty()) return;
    add_rate({"requests", "all", "offered_per_s"}, offered);
    add_rate({"requests", "all", "completed_per_s"}, completed);
    add_rate({"requests", "all", "ended_per_s"}, ended);
    add_ratio({"requests", "all", "error_ratio"}, failed, ended);
    add_histogram({"requests", "all", "latency_s"}, latency);
  }

  const std::vector<Stretch>& stretches_;
  std::vector<Figure> figures_;
};

}  // namespace

std::vector<Stretch> stretches(std::span<const Replication> replications, const Steadiness& steady) {
  std::vector<Stretch> result;
  if (replications.size() > 1 || steady.moving) {
    for (const Replication& replication : replications)
      result.push_back({&replication.recording, steady.first_window, replication.recording.ends.size(),
                        replication.reduced ? &replication.highest : nullptr});
    return result;
  }
  const core::Recording& single = replications.front().recording;
  const std::size_t last = single.ends.size();
  const std::size_t size = (last - steady.first_window) / batches;
  for (std::size_t b = batches; b-- > 0;) result.push_back({&single, last - (b + 1) * size, last - b * size});
  return result;
}

std::vector<Figure> figures(const std::vector<Stretch>& stretches) { return Summary(stretches).all(); }

}  // namespace capplan::plan
