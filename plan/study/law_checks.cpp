// Identities and laws of averages: what is counted on both of their sides.

#include "plan/study/law_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace capplan::plan {

namespace {

using Path = std::vector<std::string>;
using core::Aggregation;

const std::vector<core::Meter>& meters_of(const std::vector<Stretch>& kept) { return kept.front().recording->meters; }

/// The meter at a path of that kind, or none.
std::optional<std::size_t> meter_at(const std::vector<Stretch>& kept, const Path& path, bool histogram) {
  const auto& meters = meters_of(kept);
  for (std::size_t m = 0; m < meters.size(); ++m)
    if ((meters[m].kind() == Aggregation::histogram) == histogram && meters[m].kind() != Aggregation::breakdown &&
        meters[m].path == path)
      return m;
  return std::nullopt;
}

template <class F>
std::vector<double> each(const std::vector<Stretch>& kept, F of) {
  std::vector<double> values;
  for (const Stretch& stretch : kept) values.push_back(of(stretch));
  return values;
}

template <class F>
std::vector<double> of_histogram(const std::vector<Stretch>& kept, const Path& path, F part) {
  const auto meter = meter_at(kept, path, true);
  if (!meter) return {};
  return each(kept, [&](const Stretch& stretch) {
    double sum = 0;
    for (std::size_t w = stretch.first; w < stretch.last; ++w) sum += part(stretch.recording->histograms[*meter][w]);
    return sum;
  });
}

std::vector<double> of_largest(const std::vector<Stretch>& kept, const Path& path) {
  const auto meter = meter_at(kept, path, true);
  if (!meter) return {};
  return each(kept, [&](const Stretch& stretch) {
    core::Nanos most = 0;
    for (std::size_t w = stretch.first; w < stretch.last; ++w)
      most = std::max(most, stretch.recording->histograms[*meter][w].max);
    return core::to_seconds(most);
  });
}

/// The sum of all parts of a breakdown, in seconds.
std::vector<double> parts_of(const std::vector<Stretch>& kept, std::size_t meter) {
  return each(kept, [&](const Stretch& stretch) {
    double sum = 0;
    for (std::size_t w = stretch.first; w < stretch.last; ++w)
      for (const auto& row : stretch.recording->breakdowns[meter][w].rows)
        for (const core::Nanos part : row.parts) sum += static_cast<double>(part) * 1e-9;
    return sum;
  });
}

std::vector<double> over(std::vector<double> values, const std::vector<double>& by) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = by[i] > 0 ? values[i] / by[i] : 0;
  return values;
}

std::vector<double> per_second(const std::vector<Stretch>& kept, std::vector<double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] /= seconds_of(kept[i]);
  return values;
}

bool any(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double x) { return x > 0; });
}

std::string named(const Path& path) {
  const std::string group = path[0].ends_with("s") ? path[0].substr(0, path[0].size() - 1) : path[0];
  return (path[0] == "queries" ? "query" : group) + " " + path[1];
}

/// The longest of a histogram's values in any stretch, in seconds.
double longest_of(const std::vector<Stretch>& kept, const Path& path) {
  const std::vector<double> longest = of_largest(kept, path);
  return longest.empty() ? 0 : *std::max_element(longest.begin(), longest.end());
}

/// Why waiting is not what those who got their turn have waited.
std::string gave_up(const LawInput& input, const Path& of) {
  for (const char* figure : {"timeouts_per_s", "query_wait_timeouts_per_s", "connect_errors_per_s"})
    if (any(sums_of(input.kept, {of[0], of[1], figure})))
      return "some gave up waiting, and their waits are in no figure";
  if (input.result.at({"requests", "all", "error_ratio"}).value > 0)
    return "requests fail, and may have waited where no line is, or the other way round";
  return {};
}

}  // namespace

double seconds_of(const Stretch& stretch) {
  const auto& ends = stretch.recording->ends;
  return core::to_seconds(ends[stretch.last - 1] - (stretch.first == 0 ? 0 : ends[stretch.first - 1]));
}

std::vector<double> sums_of(const std::vector<Stretch>& kept, const Path& path) {
  const auto meter = meter_at(kept, path, false);
  if (!meter) return {};
  return each(kept, [&](const Stretch& stretch) {
    const auto& windows = stretch.recording->scalars[*meter];
    return std::accumulate(windows.begin() + static_cast<std::ptrdiff_t>(stretch.first),
                           windows.begin() + static_cast<std::ptrdiff_t>(stretch.last), 0.0);
  });
}

std::vector<double> counts_of(const std::vector<Stretch>& kept, const Path& path) {
  return of_histogram(kept, path, [](const core::HistogramSlice& slice) { return static_cast<double>(slice.count); });
}

std::vector<double> totals_of(const std::vector<Stretch>& kept, const Path& path) {
  return of_histogram(kept, path, [](const core::HistogramSlice& slice) { return slice.sum; });
}

std::vector<LawCheck> stages_add_up(const LawInput& input) {
  std::vector<LawCheck> checks;
  const auto& meters = meters_of(input.kept);
  for (std::size_t m = 0; m < meters.size(); ++m) {
    if (meters[m].kind() != Aggregation::breakdown) continue;
    const Path latency = {meters[m].path[0], meters[m].path[1], "latency_s"};
    const std::vector<double> counts = counts_of(input.kept, latency), totals = totals_of(input.kept, latency);
    if (counts.empty()) continue;
    Path mean = latency;
    mean.emplace_back("mean");
    checks.push_back({named(latency), mean, over(totals, counts), over(parts_of(input.kept, m), counts)});
  }
  return checks;
}

std::vector<LawCheck> completions_have_latencies(const LawInput& input) {
  std::vector<LawCheck> checks;
  for (const core::Meter& meter : meters_of(input.kept)) {
    const Path& path = meter.path;
    if (path.size() != 3 || meter.kind() != Aggregation::rate) continue;
    if (path[2] != "completed_per_s" || (path[0] != "requests" && path[0] != "jobs")) continue;
    std::vector<double> counts = counts_of(input.kept, {path[0], path[1], "latency_s"});
    if (counts.empty()) continue;
    checks.push_back({named(path), path, per_second(input.kept, sums_of(input.kept, path)),
                      per_second(input.kept, std::move(counts))});
  }
  return checks;
}

std::vector<LawCheck> waiting_lines(const LawInput& input) {
  std::vector<LawCheck> checks;
  for (const core::Meter& meter : meters_of(input.kept)) {
    const Path& path = meter.path;
    if (path.size() != 3 || path[2] != "waiting" || (path[0] != "pools" && path[0] != "bouncers")) continue;
    std::vector<double> waited = totals_of(input.kept, {path[0], path[1], "wait_s"});
    if (waited.empty()) continue;
    LawCheck check{named(path), path, per_second(input.kept, sums_of(input.kept, path))};
    check.why = gave_up(input, path);
    const models::Section* pool = input.scenario.find("pool." + path[1]);
    if (check.why.empty() && path[0] == "pools" && (pool == nullptr || pool->spec->kind != "fixed"))
      check.why = "who has a connection opened waits without standing in line";
    const double longest = longest_of(input.kept, {path[0], path[1], "wait_s"}), span = seconds_of(input.kept.front());
    if (check.why.empty() && longest > span / 4) check.why = "waits are about as long as what was simulated";
    if (check.why.empty()) check.least = per_second(input.kept, std::move(waited));
    if (check.why.empty()) check.edge = 3 * *std::max_element(check.least.begin(), check.least.end()) * longest / span;
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace capplan::plan
