// The chart of a comparison: of every figure that the headline rests on, and of those of resources that are better or
// worse, the change from A to B as a share of A's value, with its interval, in
// groups that are read together.

#include "plan/report/html/result_charts.h"
#include "plan/report/report.h"

namespace capplan::plan {

namespace {

struct Group {
  const char* name;
  bool (*holds)(const Path&);
};

bool is_request(const Path& path) { return path[0] == "requests"; }

const Group groups[] = {
    {"Latency", [](const Path& path) { return is_request(path) && path.size() == 4; }},
    {"Throughput and errors", [](const Path& path) { return is_request(path) && path.size() == 3; }},
    {"Waits for a connection", [](const Path& path) { return !is_request(path) && path.size() == 4; }},
    {"Resources", [](const Path& path) { return !is_request(path) && path.size() == 3; }},
};

/// Its mark, or what there is in place of a share of A's value.
std::string word(const FigureChange& change) {
  if (change.relative.known) return mark(change.change);
  if (!change.difference.known) return "unknown";
  return change.tested ? mark(change.change) + " from 0" : "the same";
}

}  // namespace

Chart change_chart(const Comparison& comparison) {
  Chart chart{.kind = ChartKind::dots,
              .title = "Change from A to B (% of A's value), with its 95 % interval",
              .x_name = "figure"};
  ChartSeries series{.name = "change", .unit = Unit::ratio};
  std::vector<const FigureChange*> shown;
  for (const FigureChange& change : comparison.figures) shown.push_back(&change);
  for (const FigureChange& change : comparison.others)
    if (!is_request(change.path) && (change.change == Change::better || change.change == Change::worse))
      shown.push_back(&change);
  for (const Group& group : groups)
    for (const FigureChange* each : shown) {
      const FigureChange& change = *each;
      if (!group.holds(change.path)) continue;
      chart.labels.push_back(subject_of(change.path) + " " + word_of(change.path));
      chart.groups.emplace_back(group.name);
      series.values.push_back(change.relative);
      series.words.push_back(word(change));
    }
  if (!chart.labels.empty()) chart.series.push_back(std::move(series));
  chart.limits.push_back({"no change", 0, 0});
  return chart;
}

}  // namespace capplan::plan
