// The chart of an index: how many searches a core and the server can do at which recall. Only settings that no other
// one beats are drawn; all of them are in the tables.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/html/result_charts.h"

namespace capplan::plan {

Chart tradeoff_chart(const IndexPlan& plan, const IndexAtRows& at) {
  const std::string when = at.when.empty() ? "" : ", " + at.when;
  Chart chart{.kind = ChartKind::line,
              .title = fmt::format("Searches per second over recall (%) of {} at {} rows{}", plan.name,
                                   compact(at.rows, Unit::count), when),
              .x_name = plan.param.empty() ? "search" : plan.param,
              .x_unit = "%"};
  ChartSeries core{.name = "a core", .unit = Unit::per_second};
  ChartSeries server{.name = fmt::format("{} cores", plan.cores), .unit = Unit::per_second};
  std::vector<const IndexPoint*> best;
  for (const IndexPoint& point : at.points)
    if (!point.dominated) best.push_back(&point);
  std::stable_sort(best.begin(), best.end(),
                   [](const IndexPoint* a, const IndexPoint* b) { return a->recall.value < b->recall.value; });
  for (const IndexPoint* point : best) {
    chart.labels.push_back(plan.param.empty() ? "all rows" : fmt::format("{} {}", plan.param, point->search_param));
    chart.x.push_back(point->recall.value * 100);
    chart.x_of.push_back({point->recall.value * 100, point->recall.lo * 100, point->recall.hi * 100, true});
    core.values.push_back(point->per_core);
    server.values.push_back(point->per_server);
    if (point->stated)
      chart.marks.push_back({fmt::format("as stated, {}", chart.labels.back()), chart.x.back(), point->per_core.value});
  }
  if (at.least.value != 0 && at.least.per_core.known)
    chart.marks.push_back(
        {fmt::format("least: {} {}", plan.param, at.least.value), plan.target * 100, at.least.per_core.value});
  if (!plan.param.empty()) chart.across.push_back({fmt::format("recall {:g}", plan.target), plan.target * 100, 0});
  for (const ChartMark& mark : chart.marks)
    chart.title += (&mark == &chart.marks.front() ? "; marked: " : "; ") + mark.name;
  chart.series = {std::move(core), std::move(server)};
  chart.log_scale = true;
  return chart;
}

}  // namespace capplan::plan
