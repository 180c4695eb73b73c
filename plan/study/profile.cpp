#include "plan/study/profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "models/stages.h"
#include "plan/study/summary.h"

namespace capplan::plan {

namespace {

using core::Aggregation;
using core::Histogram;

/// Fewest observations beyond a share that carry it, in all replications together.
constexpr double tail_needed = 10;
/// Fewest requests that stand for those about a percentile.
constexpr std::uint64_t neighbours_needed = 20;
/// What is shown over time: the last word of a meter's path.
constexpr std::array over_time = {"completed_per_s", "utilization", "waiting",      "cpu",       "disk",
                                  "wal_flush",       "hit_ratio",   "breaker_open", "throttled", "retries_ratio"};

/// Of a window in which nothing was measured.
constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Four significant digits.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10, 3 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
  return std::round(value * scale) / scale;
}

class Profiler {
 public:
  Profiler(std::span<const Replication> replications, const std::vector<Stretch>& kept)
      : replications_(replications), kept_(kept), first_(replications.front().recording), meters_(first_.meters) {}

  Profile all() {
    for (const core::Nanos end : first_.ends) profile_.ends_s.push_back(core::to_seconds(end));
    std::vector<std::size_t> latencies, breakdowns;
    for (std::size_t m = 0; m < meters_.size(); ++m) {
      const auto& path = meters_[m].path;
      if (path.size() != 3) continue;
      if (path[0] == "requests" && meters_[m].kind() == Aggregation::histogram) latencies.push_back(m);
      if (path[0] == "requests" && meters_[m].kind() == Aggregation::breakdown) breakdowns.push_back(m);
      if (is_over_time(meters_[m])) add_scalar(m);
    }
    for (std::size_t i = 0; i < latencies.size() && i < breakdowns.size(); ++i)
      add_requests(meters_[latencies[i]].path[1], {latencies[i]}, {breakdowns[i]});
    if (latencies.size() > 1) add_requests("all", latencies, breakdowns);
    return std::move(profile_);
  }

 private:
  void add_requests(const std::string& request, const std::vector<std::size_t>& latencies,
                    const std::vector<std::size_t>& breakdowns) {
    auto latency = std::make_unique<Histogram>();
    for (const Stretch& stretch : kept_)
      for (const std::size_t m : latencies)
        for (std::size_t w = stretch.first; w < stretch.last; ++w) latency->merge(stretch.recording->histograms[m][w]);
    if (latency->count() == 0) return;
    add_spectrum(request, *latency);
    add_breakdowns(request, *latency, breakdowns);
    add_latency_over_time(request, latencies);
  }

  void add_spectrum(const std::string& request, const Histogram& latency) {
    Spectrum spectrum{request, {}};
    for (const double share : spectrum_shares)
      if (static_cast<double>(latency.count()) * (1 - share) >= tail_needed)
        spectrum.latency_s.push_back(rounded(latency.quantile(share)));
    profile_.spectra.push_back(std::move(spectrum));
  }

  struct Row {
    std::uint64_t count = 0;
    std::vector<core::Nanos> parts = std::vector<core::Nanos>(models::stage_names.size());
    void add(const Row& other) {
      count += other.count;
      for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += other.parts[i];
    }
  };

  void add_breakdowns(const std::string& request, const Histogram& latency, const std::vector<std::size_t>& meters) {
    std::vector<Row> rows;
    for (const Stretch& stretch : kept_)
      for (const std::size_t m : meters)
        for (std::size_t w = stretch.first; w < stretch.last; ++w)
          for (const auto& [index, count, parts] : stretch.recording->breakdowns[m][w].rows) {
            if (index >= rows.size()) rows.resize(index + 1u);
            rows[index].count += count;
            for (std::size_t i = 0; i < parts.size(); ++i) rows[index].parts[i] += parts[i];
          }
    Row sum;
    for (const Row& row : rows) sum.add(row);
    add_breakdown(request, "mean", sum);
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}) {
      const std::size_t at = core::Breakdown::row_of(core::to_nanos(latency.quantile(share)));
      if (at < rows.size() && rows[at].count >= neighbours_needed) add_breakdown(request, name, rows[at]);
    }
  }

  void add_breakdown(const std::string& request, const std::string& near, const Row& row) {
    Breakdown breakdown{request, near, {}};
    for (std::size_t i = 0; i < row.parts.size(); ++i) {
      const double mean = rounded(core::to_seconds(row.parts[i]) / static_cast<double>(row.count));
      if (mean > 0) breakdown.stages_s.emplace_back(models::stage_names[i], mean);
    }
    profile_.breakdowns.push_back(std::move(breakdown));
  }

  double length(std::size_t window) const {
    const auto& ends = first_.ends;
    return core::to_seconds(ends[window] - (window > 0 ? ends[window - 1] : 0));
  }

  double sum(std::size_t meter, std::size_t window) const {
    return std::accumulate(replications_.begin(), replications_.end(), 0.0, [&](double so_far, const Replication& r) {
      return so_far + r.windows().scalars[meter][window];
    });
  }

  /// A counter, level or ratio, averaged over the replications.
  void add_scalar(std::size_t m) {
    const core::Meter& meter = meters_[m];
    if (meter.kind() == Aggregation::histogram || meter.kind() == Aggregation::breakdown) return;
    const double capacity = meter.capacity > 0 ? meter.capacity : 1;
    Series series{meter.path, {}};
    for (std::size_t w = 0; w < profile_.ends_s.size(); ++w) {
      const double over = meter.kind() == Aggregation::ratio
                              ? sum(meter.over, w)
                              : length(w) * capacity * static_cast<double>(replications_.size());
      series.values.push_back(over > 0 ? rounded(sum(m, w) / over) : none);
    }
    profile_.series.push_back(std::move(series));
  }

  /// The highest of p99, p95 and the mean that every window with requests carries.
  void add_latency_over_time(const std::string& request, const std::vector<std::size_t>& latencies) {
    std::vector<std::unique_ptr<Histogram>> windows;
    std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t w = 0; w < profile_.ends_s.size(); ++w) {
      windows.push_back(std::make_unique<Histogram>());
      for (const Replication& replication : replications_)
        for (const std::size_t m : latencies) windows.back()->merge(replication.windows().histograms[m][w]);
      if (windows.back()->count() > 0) fewest = std::min(fewest, windows.back()->count());
    }
    const double p = static_cast<double>(fewest) * 0.01 >= tail_needed   ? 0.99
                     : static_cast<double>(fewest) * 0.05 >= tail_needed ? 0.95
                                                                         : 0;
    Series series{{"requests", request, "latency_s", p > 0.98 ? "p99" : p > 0 ? "p95" : "mean"}, {}};
    for (const auto& window : windows)
      series.values.push_back(window->count() == 0 ? none : rounded(p > 0 ? window->quantile(p) : window->mean()));
    profile_.series.push_back(std::move(series));
  }

  std::span<const Replication> replications_;
  const std::vector<Stretch>& kept_;
  const core::Recording& first_;
  const std::vector<core::Meter>& meters_;
  Profile profile_;
};

}  // namespace

bool operator==(const Series& a, const Series& b) {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  return a.path == b.path && std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), same);
}

bool is_over_time(const core::Meter& meter) {
  const auto& path = meter.path;
  if (path.size() != 3) return false;
  const bool latency = path[0] == "requests" && meter.kind() == Aggregation::histogram;
  return latency || std::find(over_time.begin(), over_time.end(), path[2]) != over_time.end();
}

Profile profile(std::span<const Replication> replications, const std::vector<Stretch>& kept) {
  return Profiler(replications, kept).all();
}

}  // namespace capplan::plan
