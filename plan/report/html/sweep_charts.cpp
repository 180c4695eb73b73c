// What a sweep found, in charts by the number of its axes: lines over one, a heat map over two, and a line for each
// point through parallel axes over more. Each SLO is drawn with its limit; where none is stated, p99 is shown.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/result_charts.h"
#include "plan/report/html/sweep_answer.h"
#include "plan/report/report.h"

namespace capplan::plan {

namespace {

using core::Estimate;

/// Three axes have a heat map for each value of the first, if those are no more.
constexpr std::size_t most_slices = 8;

/// A figure that all points have: in words, and how a point answers for it.
struct Measure {
  std::string name;
  Unit unit = Unit::seconds;
  double limit = 0;
  bool below = true;
  std::size_t slo = 0;
  std::vector<std::string> path{};  ///< empty: the SLO's own estimate

  Estimate of(const SweepPoint& point) const {
    if (!point.done) return {};
    if (!path.empty()) return point.result.at(path);
    return slo < point.result.slos.size() ? point.result.slos[slo].estimate : Estimate{};
  }
  std::string mark_of(const SweepPoint& point) const {
    if (!point.done) return "·";
    if (!path.empty()) return {};
    if (point.result.verdict == Verdict::no_steady_state) return "~";
    return slo < point.result.slos.size() ? mark(point.result.slos[slo].judgement) : "";
  }
};

const Result* first_done(const Sweep& sweep) {
  const auto found = std::find_if(sweep.points.begin(), sweep.points.end(), [](const auto& p) { return p.done; });
  return found == sweep.points.end() ? nullptr : &found->result;
}

std::vector<Measure> measures(const Sweep& sweep) {
  const Result* first = first_done(sweep);
  if (first == nullptr) return {};
  std::vector<Measure> list;
  for (std::size_t i = 0; i < first->slos.size(); ++i) {
    const SloResult& slo = first->slos[i];
    list.push_back(
        {slo.target + " " + slo.text, unit_of_condition(slo.target, slo.text, slo.limit), slo.limit, slo.below, i});
  }
  if (list.empty())
    for (const char* request : {"all", first->figures.empty() ? "all" : first->figures.front().path[1].c_str()})
      if (list.empty() && first->at({"requests", request, "latency_s", "p99"}).known)
        list.push_back(
            {"p99 of " + std::string(request), Unit::seconds, 0, true, 0, {"requests", request, "latency_s", "p99"}});
  return list;
}

std::vector<std::string> anchors_of(const Sweep& sweep) {
  std::vector<std::string> anchors;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) anchors.push_back(point_anchor(i));
  return anchors;
}

const char* unit_words(Unit unit) {
  return unit == Unit::seconds      ? "time"
         : unit == Unit::ratio      ? "%"
         : unit == Unit::per_second ? "per second"
         : unit == Unit::bytes      ? "bytes"
                                    : "count";
}

Chart over_one_axis(const Sweep& sweep, const Measure& measure) {
  const Axis& axis = sweep.axes[0];
  Chart chart{
      .title = fmt::format("{} ({}) over {}, with its interval", measure.name, unit_words(measure.unit), axis.key),
      .x_name = axis.key,
      .labels = axis.labels,
      .anchors = anchors_of(sweep),
      .above = !measure.below};
  ChartSeries series{.name = measure.name, .unit = measure.unit};
  for (const SweepPoint& point : sweep.points) {
    series.values.push_back(measure.of(point));
    series.words.push_back(measure.mark_of(point));
  }
  chart.series.push_back(std::move(series));
  if (measure.limit > 0) chart.limits.push_back({"limit " + compact(measure.limit, measure.unit), 0, measure.limit});
  chart.log_scale = measure.unit == Unit::seconds;
  return chart;
}

/// How busy the resources are along a single axis.
Chart use_over_one_axis(const Sweep& sweep) {
  Chart chart{.title = fmt::format("How busy each resource is (%) over {}, with its interval", sweep.axes[0].key),
              .x_name = sweep.axes[0].key,
              .labels = sweep.axes[0].labels,
              .anchors = anchors_of(sweep)};
  for (const Figure& figure : first_done(sweep)->figures) {
    const bool is_pool = figure.path.size() == 3 && figure.path[2] == "utilization";
    const bool is_server = figure.path.size() == 3 && figure.path[0] == "servers" && figure.path[2] == "cpu";
    if (!is_pool && !is_server) continue;
    ChartSeries series{.name = resource_name(figure.path), .unit = Unit::ratio};
    for (const SweepPoint& point : sweep.points)
      series.values.push_back(point.done ? point.result.at(figure.path) : Estimate{});
    chart.series.push_back(std::move(series));
  }
  chart.limits.push_back({"capacity", 0, 1});
  return chart;
}

Chart over_two_axes(const Sweep& sweep, const Measure& measure) {
  const Axis &up = sweep.axes[0], &across = sweep.axes[1];
  const std::string limit = measure.limit > 0 ? fmt::format(", limit {}", compact(measure.limit, measure.unit)) : "";
  Chart chart{.kind = ChartKind::heat,
              .title = fmt::format("{} ({}{}) over {} (across) and {} (up)", measure.name, unit_words(measure.unit),
                                   limit, across.key, up.key),
              .x_name = across.key,
              .labels = across.labels,
              .anchors = anchors_of(sweep),
              .above = !measure.below};
  for (std::size_t row = 0; row < up.labels.size(); ++row) {
    ChartSeries series{.name = up.labels[row], .unit = measure.unit};
    for (std::size_t column = 0; column < across.labels.size(); ++column) {
      const SweepPoint& point = sweep.points[row * across.labels.size() + column];
      series.values.push_back(measure.of(point));
      series.words.push_back(measure.mark_of(point));
    }
    chart.series.push_back(std::move(series));
  }
  if (measure.limit > 0) chart.limits.push_back({"limit", 0, measure.limit});
  chart.log_scale = measure.unit == Unit::seconds;
  return chart;
}

/// Of three axes: for each value of the first a heat map of what the tightest SLO leaves of its limit.
std::vector<Chart> slices(const Sweep& sweep) {
  const Axis &apart = sweep.axes[0], &up = sweep.axes[1], &across = sweep.axes[2];
  std::vector<Chart> charts;
  std::size_t i = 0;
  for (const std::string& value : apart.labels) {
    Chart chart{
        .kind = ChartKind::heat,
        .title = fmt::format("Headroom of the tightest SLO (% of its limit) at {} = {}, over {} (across) and {} "
                             "(up)",
                             apart.key, value, across.key, up.key),
        .x_name = across.key,
        .labels = across.labels,
        .headroom = true,
        .bare = true};
    for (const std::string& label : up.labels) {
      ChartSeries series{.name = label, .unit = Unit::ratio};
      for (std::size_t column = 0; column < across.labels.size(); ++column, ++i) {
        const SweepPoint& point = sweep.points[i];
        const std::optional<SloMargin> tightest = tightest_of(point);
        series.values.push_back(tightest ? bare(tightest->headroom) : Estimate{});
        series.words.push_back(point.done ? mark(point.result.verdict, !point.result.slos.empty()) : "·");
        chart.anchors.push_back(point_anchor(i));
      }
      chart.series.push_back(std::move(series));
    }
    charts.push_back(std::move(chart));
  }
  return charts;
}

Chart over_more_axes(const Sweep& sweep, const std::vector<Measure>& list) {
  Chart chart{.kind = ChartKind::parallel,
              .title =
                  "Every point of the grid as a line: its settings (as written), then what was measured (time, %) "
                  "with the limits",
              .x_name = "point",
              .anchors = anchors_of(sweep)};
  for (const SweepPoint& point : sweep.points)
    chart.labels.push_back(point.done ? mark(point.result.verdict, !point.result.slos.empty()) : "·");
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    ChartSeries series{.name = sweep.axes[a].key};
    for (const SweepPoint& point : sweep.points) {
      series.values.push_back({});
      series.words.push_back(point.labels[a]);
    }
    chart.series.push_back(std::move(series));
  }
  for (const Measure& measure : list) {
    ChartSeries series{.name = measure.name, .unit = measure.unit, .limit = measure.limit};
    for (const SweepPoint& point : sweep.points) series.values.push_back(measure.of(point));
    chart.series.push_back(std::move(series));
  }
  return chart;
}

}  // namespace

std::vector<Chart> sweep_charts(const Sweep& sweep) {
  const std::vector<Measure> list = measures(sweep);
  std::vector<Chart> charts;
  if (list.empty() || sweep.axes.empty()) return charts;
  if (sweep.axes.size() > 2 || !sweep.is_grid()) {
    const bool sliced = sweep.is_grid() && sweep.axes.size() == 3 && sweep.axes[0].labels.size() <= most_slices &&
                        !first_done(sweep)->slos.empty();
    if (sliced) charts = slices(sweep);
    charts.push_back(over_more_axes(sweep, list));
    return charts;
  }
  for (const Measure& measure : list)
    charts.push_back(sweep.axes.size() == 1 ? over_one_axis(sweep, measure) : over_two_axes(sweep, measure));
  if (sweep.axes.size() == 1) charts.push_back(use_over_one_axis(sweep));
  return charts;
}

}  // namespace capplan::plan
