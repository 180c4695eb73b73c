// What is said of hit ratio over cache size: the curve, then the sizes for round hit ratios; and the same as JSON, CSV
// and a chart.

#include "plan/report/hit_curve_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/html/page_parts.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

std::string entries_of(double x) { return compact(x, Unit::count); }

/// What is exact, and what rests on samples.
std::string counted(const HitCurve& curve) {
  if (curve.exact_entries <= 0) return "keys are drawn, and all figures are of samples of them";
  if (!std::isfinite(curve.exact_entries)) return "all figures are exact: counted on every key";
  return fmt::format("exact, counted on every key: different keys, and sizes up to {}; larger sizes are of samples",
                     curve.exact_entries);
}

Block sizes(const HitCurve& curve) {
  Grid grid({{""}, {"entries"}, {"hit ratio"}, {"", true}});
  for (const HitCurvePoint& p : curve.points)
    grid.add({{p.stated ? ">" : ""},
              {entries_of(p.entries)},
              cell(p.hit_ratio, Unit::ratio),
              {p.stated ? "as stated" : ""}});
  Block block{curve.name + ": hit ratio of LRU by size", std::move(grid)};
  block.sentences.push_back(counted(curve));
  return block;
}

Block targets(const HitCurve& curve) {
  Grid grid({{"hit ratio"}, {"entries needed"}, {"", true}});
  for (const HitCurveTarget& t : curve.targets) {
    const bool reached = t.entries.known;
    grid.add({{compact(t.hit_ratio, Unit::ratio)},
              reached ? cell(t.entries, Unit::count) : Cell{"none"},
              {reached ? "" : fmt::format("at most {} hit", compact(curve.most_hits.value, Unit::ratio))}});
  }
  return {curve.name + ": size for a hit ratio", std::move(grid)};
}

}  // namespace

Report report(const HitCurves& curves) {
  Report report{.titled = true};
  for (const HitCurve& curve : curves.curves) {
    const auto best = std::find_if(curve.targets.rbegin(), curve.targets.rend(),
                                   [](const HitCurveTarget& t) { return t.entries.known; });
    report.headline += report.headline.empty() ? printable(curves.source) + ": " : "; ";
    report.headline += best == curve.targets.rend()
                           ? fmt::format("{}: at most {} hit, whatever the size", curve.name,
                                         compact(curve.most_hits.value, Unit::ratio))
                           : fmt::format("{}: {} entries for {} hits", curve.name, entries_of(best->entries.value),
                                         compact(best->hit_ratio, Unit::ratio));
    report.setting += report.setting.empty() ? "" : "; ";
    report.setting += fmt::format("{}: {}, {} requests", curve.name, curve.keys, entries_of(curve.asked));
    if (curve.warmup > 0) report.setting += fmt::format(" after {} of warm-up", entries_of(curve.warmup));
    report.setting += fmt::format(", {} different keys", entries_of(curve.distinct.value));
    report.blocks.push_back(sizes(curve));
    report.blocks.push_back(targets(curve));
  }
  return report;
}

Chart hit_curve_chart(const HitCurve& curve) {
  Chart chart{.kind = ChartKind::line,
              .title = fmt::format("Hit ratio of LRU over entries, {}", curve.name),
              .x_name = "entries"};
  ChartSeries hits{.name = "hit ratio", .unit = Unit::ratio};
  for (const HitCurvePoint& p : curve.points) {
    chart.labels.push_back(entries_of(p.entries));
    hits.values.push_back(p.hit_ratio);
  }
  chart.series = {std::move(hits)};
  return chart;
}

PageContent page_of(const HitCurves& curves) {
  const Report said = report(curves);
  std::string charts;
  for (const HitCurve& curve : curves.curves) charts += drawn(hit_curve_chart(curve));
  return {.name = curves.source,
          .head = head(said, curves.source),
          .sections = {{"curve", "Hit ratio by size", charts}, {"figures", "All figures", titled_blocks(said.blocks)}},
          .json = to_json(curves, -1)};
}

}  // namespace capplan::plan
