// The charts of a validation: of every figure how far the prediction is from what was measured, as a share of it, with
// the predicted interval; zero is agreement. Limits: of index samples the forty that are furthest off.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/html/result_charts.h"
#include "plan/report/report.h"

namespace capplan::plan {

namespace {

constexpr std::size_t most = 40;

core::Estimate against(const core::Estimate& predicted, double measured) {
  return {predicted.value / measured - 1, predicted.lo / measured - 1, predicted.hi / measured - 1, predicted.known};
}

Chart empty_chart(const std::string& what) {
  Chart chart{.kind = ChartKind::dots,
              .title = fmt::format("Predicted against measured {} (% off), with the predicted interval", what),
              .x_name = "figure"};
  chart.limits.push_back({"as measured", 0, 0});
  return chart;
}

Chart capture_chart(const CaptureValidation& v, const char* name, Compare ComparedTimes::*figure) {
  Chart chart = empty_chart(std::string(name) + " latency");
  ChartSeries series{.name = "off", .unit = Unit::ratio};
  for (const ComparedCapture& capture : v.captures) {
    if (capture.saturated) continue;
    for (const ComparedClass& c : capture.classes) {
      const Compare& compared = c.latency.*figure;
      chart.labels.push_back(c.name);
      chart.groups.push_back(capture.name);
      series.values.push_back(against(compared.predicted, compared.measured));
      series.words.emplace_back(compared.inside ? "✓" : "✗");
    }
  }
  if (!chart.labels.empty()) chart.series.push_back(std::move(series));
  return chart;
}

Chart index_chart(const IndexValidation& v) {
  Chart chart = empty_chart("p50 of index searches");
  std::vector<const IndexPrediction*> order;
  for (const IndexPrediction& row : v.rows)
    if (row.latency_error) order.push_back(&row);
  std::stable_sort(order.begin(), order.end(), [](const IndexPrediction* a, const IndexPrediction* b) {
    return std::fabs(*a->latency_error) > std::fabs(*b->latency_error);
  });
  if (order.size() > most) order.resize(most);
  ChartSeries series{.name = "off", .unit = Unit::ratio};
  for (const IndexPrediction* row : order) {
    chart.labels.push_back(described(row->sample));
    series.values.push_back(against(row->predicted.latency, *row->sample.latency_p50));
  }
  if (!chart.labels.empty()) chart.series.push_back(std::move(series));
  return chart;
}

}  // namespace

std::vector<Chart> validation_charts(const Validation& validation) {
  std::vector<Chart> charts;
  if (validation.captures) {
    charts.push_back(capture_chart(*validation.captures, "p50", &ComparedTimes::p50));
    charts.push_back(capture_chart(*validation.captures, "p95", &ComparedTimes::p95));
    charts.push_back(capture_chart(*validation.captures, "p99", &ComparedTimes::p99));
  }
  if (validation.index_samples) charts.push_back(index_chart(*validation.index_samples));
  return charts;
}

}  // namespace capplan::plan
