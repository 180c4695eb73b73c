#include "plan/report/html/result_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/report.h"
#include "plan/scenario/condition.h"
#include "plan/study/judge.h"

namespace capplan::plan {

namespace {

using core::Estimate;

/// Below this a resource counts as unused over time.
constexpr double never_busy = 0.0005;

/// Where a share stands on an axis of nines: 0.9 at 1, 0.99 at 2.
double in_nines(double share) { return -std::log10(1 - share); }

/// The share of a condition on a percentile, "p95 < 100ms"; negative for another condition.
double share_of(const std::string& condition) {
  if (condition.size() < 3 || condition[0] != 'p') return -1;
  double share = 0, place = 0.1;
  std::size_t i = 1;
  for (; i < condition.size() && condition[i] >= '0' && condition[i] <= '9'; ++i, place /= 10)
    share += (condition[i] - '0') * place;
  return i > 1 && share < 1 ? share : -1;
}

/// Above 1 the SLO is missed, whichever side of the limit is the good one.
Estimate share_of_limit(const SloResult& slo) {
  const Estimate& e = slo.estimate;
  return slo.below ? Estimate{e.value / slo.limit, e.lo / slo.limit, e.hi / slo.limit, true}
                   : Estimate{slo.limit / e.value, slo.limit / e.hi, slo.limit / e.lo, true};
}

/// Whether its figure can be shown as a share of its limit.
bool has_share(const SloResult& slo) {
  return slo.estimate.known && slo.limit > 0 && (slo.below || slo.estimate.lo > 0);
}

bool is_use(const std::vector<std::string>& path) {
  return path.size() == 3 && path[0] != "requests" &&
         (path[2] == "utilization" || path[2] == "cpu" || path[2] == "disk" || path[2] == "wal_flush");
}

/// One chart over time: the series that `takes` takes, in the order of the profile.
template <class Takes, class Name>
Chart over_time(const Result& result, const std::string& title, Unit unit, Takes takes, Name name) {
  Chart chart{.title = title, .x_name = "simulated time", .x_unit = "s", .shaded_until = result.warmup_s, .bare = true};
  double before = 0;
  for (const double end : result.profile.ends_s) {
    chart.x.push_back((before + end) / 2);
    chart.labels.push_back(fmt::format("{} to {}", compact(before, Unit::seconds), compact(end, Unit::seconds)));
    before = end;
  }
  for (const Series& series : result.profile.series) {
    if (!takes(series.path)) continue;
    ChartSeries drawn{.name = name(series.path), .unit = unit};
    double most = 0;
    for (const double value : series.values) {
      drawn.values.push_back(std::isnan(value) ? Estimate{} : bare(value));
      if (!std::isnan(value)) most = std::max(most, value);
    }
    if (most > never_busy || unit == Unit::seconds) chart.series.push_back(std::move(drawn));
  }
  return chart;
}

}  // namespace

std::string resource_name(const Path& path) {
  const bool is_part = path.back() == "cpu" || path.back() == "disk" || path.back() == "wal_flush";
  return subject_of(path) + (is_part ? " " + word_of(path) : "");
}

Chart slo_chart(const Result& result) {
  Chart chart{.kind = ChartKind::bars,
              .title = "How much of its limit each SLO takes (%), with its interval; up to 100 % it is met",
              .x_name = "SLO"};
  ChartSeries measured{.name = "of the limit", .unit = Unit::ratio};
  for (const SloResult& slo : result.slos) {
    if (!has_share(slo)) continue;
    chart.labels.push_back(slo.target + " " + slo.text);
    measured.values.push_back(share_of_limit(slo));
  }
  if (!chart.labels.empty()) chart.series.push_back(std::move(measured));
  chart.limits.push_back({"limit", 0, 1});
  return chart;
}

Chart spectrum_chart(const Result& result) {
  Chart chart{.title = "Latency (log scale) that a share of the requests (%, in nines) does not exceed",
              .x_name = "share of requests",
              .x_unit = "nines",
              .log_scale = true,
              .bare = true};
  std::size_t most = 0;
  for (const Spectrum& spectrum : result.profile.spectra) most = std::max(most, spectrum.latency_s.size());
  for (std::size_t i = 0; i < most; ++i) {
    chart.x.push_back(in_nines(spectrum_shares[i]));
    chart.labels.push_back(fmt::format("{:.6g}%", spectrum_shares[i] * 100));
  }
  for (const Spectrum& spectrum : result.profile.spectra) {
    ChartSeries series{.name = spectrum.request, .unit = Unit::seconds};
    for (const double latency : spectrum.latency_s) series.values.push_back(bare(latency));
    series.values.resize(most);
    chart.series.push_back(std::move(series));
  }
  for (const SloResult& slo : result.slos)
    if (const double share = share_of(slo.text);
        share > 0 && unit_of_condition(slo.target, slo.text, slo.limit) == Unit::seconds)
      chart.marks.push_back({slo.target + " " + slo.text, in_nines(share), slo.limit});
  return chart;
}

Chart stages_chart(const Result& result) {
  Chart chart{.kind = ChartKind::stack,
              .title =
                  "Share of a request's time by stage (%): of all requests, and of those "
                  "that take about as long as a percentile",
              .x_name = "requests",
              .bare = true};
  std::vector<std::string> stages;
  for (const Breakdown& breakdown : result.profile.breakdowns)
    for (const auto& [stage, seconds] : breakdown.stages_s)
      if (std::find(stages.begin(), stages.end(), stage) == stages.end()) stages.push_back(stage);
  for (const std::string& stage : stages) chart.series.push_back({.name = stage, .unit = Unit::seconds});
  for (const Breakdown& breakdown : result.profile.breakdowns) {
    double sum = 0;
    for (ChartSeries& series : chart.series) {
      const auto found = std::find_if(breakdown.stages_s.begin(), breakdown.stages_s.end(),
                                      [&](const auto& stage) { return stage.first == series.name; });
      const double seconds = found == breakdown.stages_s.end() ? 0 : found->second;
      series.values.push_back(bare(seconds));
      sum += seconds;
    }
    chart.labels.push_back(fmt::format("{}, {}: {}", breakdown.request,
                                       breakdown.near == "mean" ? "mean" : "near " + breakdown.near,
                                       compact(sum, Unit::seconds)));
  }
  return chart;
}

Chart utilization_chart(const Result& result) {
  Chart chart{.kind = ChartKind::bars,
              .title = "How busy each resource is (% of its capacity), with its interval",
              .x_name = "resource"};
  ChartSeries busy{.name = "busy", .unit = Unit::ratio};
  for (const Figure& figure : result.figures) {
    if (!is_use(figure.path) || !figure.estimate.known) continue;
    for (const SloResult& slo : result.slos)
      if (figure_path(slo.target, metric_of(slo.text)) == figure.path)
        chart.marks.push_back({slo.text, static_cast<double>(chart.labels.size()), slo.limit});
    chart.labels.push_back(resource_name(figure.path));
    busy.values.push_back(figure.estimate);
  }
  if (!chart.labels.empty()) chart.series.push_back(std::move(busy));
  chart.limits.push_back({"capacity", 0, 1});
  return chart;
}

Chart covered_chart(const CalibrationCheck& check) {
  Chart chart{.kind = ChartKind::bars,
              .title = "This scenario beside the most that its captures covered (% of it), with its interval",
              .x_name = "quantity"};
  ChartSeries here{.name = "of the most", .unit = Unit::ratio};
  for (const CoveredQuantity& q : check.covered) {
    if (!(q.hi > 0)) continue;
    chart.labels.push_back(words_of(q));
    here.values.push_back({q.here.value / q.hi, q.here.lo / q.hi, q.here.hi / q.hi, true});
  }
  if (!chart.labels.empty()) chart.series.push_back(std::move(here));
  chart.limits.push_back({"most calibrated", 0, 1});
  return chart;
}

std::vector<Chart> time_charts(const Result& result) {
  const auto last = [](const char* word) {
    return [word](const std::vector<std::string>& path) { return path.size() == 3 && path[2] == word; };
  };
  const auto of_request = [](const std::vector<std::string>& path) { return path[1]; };
  const auto is_latency = [](const std::vector<std::string>& path) { return path.size() == 4; };
  const auto latency = [](const std::vector<std::string>& path) { return path[1] + " " + path[3]; };
  std::vector<Chart> charts = {
      over_time(result, "Requests done (per second) over simulated time", Unit::per_second, last("completed_per_s"),
                of_request),
      over_time(result, "Latency (log scale) over simulated time: the highest percentile that the windows carry",
                Unit::seconds, is_latency, latency),
      over_time(result, "Waiting for a connection (clients) over simulated time", Unit::count, last("waiting"),
                resource_name),
      over_time(result, "Utilization (%) over simulated time", Unit::ratio, is_use, resource_name),
      over_time(result, "Cache hits (% of lookups) over simulated time", Unit::ratio, last("hit_ratio"),
                resource_name)};
  charts[1].log_scale = true;
  std::erase_if(charts, [](const Chart& chart) { return chart.series.empty(); });
  return charts;
}

}  // namespace capplan::plan
