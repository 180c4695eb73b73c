// A validation as a report: how far predictions are from what was measured, whether intervals hold it, the samples that
// are furthest off. Errors are absolute in the summary, signed in the rows. All samples are in JSON and CSV.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/report/figure_text.h"
#include "plan/report/report.h"

namespace capplan::plan {

namespace {

using models::IndexKind;

constexpr std::size_t most_rows = 40;

std::string percent(const std::optional<double>& x) { return x ? fmt::format("{:.1f}%", 100 * *x) : "-"; }
std::string signed_percent(const std::optional<double>& x) { return x ? fmt::format("{:+.1f}%", 100 * *x) : "-"; }

/// "hnsw 50k x 384, m 16/64, ef 40": m and ef_construction, ef_search.
std::string described(const models::IndexSample& s) {
  const std::string shape = fmt::format("{} {} x {}", models::kind_name(s.index.kind),
                                        compact(s.index.rows, Unit::count), s.index.column.dimensions);
  const std::string type = s.index.column.type == models::VectorType::vector
                               ? ""
                               : std::string(" ") + models::type_name(s.index.column.type);
  if (s.index.kind == IndexKind::hnsw)
    return fmt::format("{}{}, m {}/{}, ef {}", shape, type, s.index.m, s.index.ef_construction, s.search.search_param);
  if (s.index.kind == IndexKind::ivfflat)
    return fmt::format("{}{}, lists {}, probes {}", shape, type, s.index.lists, s.search.search_param);
  return shape + type;
}

std::string measured(const std::optional<double>& x, Unit unit) { return x ? compact(*x, unit) : "-"; }

/// Errors against intervals, one line a figure.
Grid summary(const IndexValidation& v) {
  Grid grid({{"", true}, {"error, median"}, {"9 of 10 within"}, {"inside the interval"}});
  grid.add({{"p50 latency"},
            {percent(v.latency_p50_error_median)},
            {percent(v.latency_p50_error_p90)},
            {percent(v.latency_inside)}});
  grid.add({{"pages"}, {percent(v.pages_error_median)}, {"-"}, {percent(v.pages_inside)}});
  grid.add({{"recall"},
            {v.recall_error_median ? fmt::format("{:.4f}", *v.recall_error_median) : "-"},
            {"-"},
            {percent(v.recall_inside)}});
  grid.add({{"size of the index, at most"}, {percent(v.size_error_max)}, {"-"}, {"-"}});
  return grid;
}

/// The samples, those furthest off first.
Grid rows(const IndexValidation& v) {
  std::vector<const IndexPrediction*> order;
  for (const IndexPrediction& row : v.rows) order.push_back(&row);
  std::stable_sort(order.begin(), order.end(), [](const IndexPrediction* a, const IndexPrediction* b) {
    return std::fabs(a->latency_error.value_or(0)) > std::fabs(b->latency_error.value_or(0));
  });
  if (order.size() > most_rows) order.resize(most_rows);
  Grid grid({{"index", true},
             {"plan", true},
             {"p50"},
             {"predicted"},
             {"error"},
             {"recall"},
             {"predicted"},
             {"pages"},
             {"predicted"}});
  for (const IndexPrediction* row : order) {
    const models::IndexSample& s = row->sample;
    const auto recall = [](double x) { return fmt::format("{:.3f}", x); };
    grid.add({{described(s)},
              {row->predicted.plan == models::Plan::seq_scan ? "seq" : "index"},
              {measured(s.latency_p50, Unit::seconds)},
              cell(row->predicted.latency, Unit::seconds),
              {signed_percent(row->latency_error)},
              {s.recall ? recall(*s.recall) : "-"},
              {recall(row->predicted.recall.value)},
              {measured(s.pages, Unit::count)},
              {compact(row->predicted.pages.value, Unit::count)}});
  }
  return grid;
}

}  // namespace

Report report(const Validation& validation) {
  Report report;
  if (!validation.index_samples) return report;
  const IndexValidation& v = *validation.index_samples;
  report.headline = fmt::format("{} measured searches of vector indexes beside their predictions", v.rows.size());
  report.setting = "predicted by " + validation.law;
  report.blocks.push_back({"errors", summary(v), {}});
  const std::string furthest =
      v.rows.size() > most_rows
          ? fmt::format("the {} of {} that are furthest off; JSON and CSV have all", most_rows, v.rows.size())
          : "furthest off first";
  report.blocks.push_back({"samples", rows(v), {furthest}});
  Block warnings{"warnings", {}, {}};
  for (const std::string& warning : v.warnings) warnings.sentences.push_back("warning: " + warning);
  if (!v.warnings.empty()) report.blocks.push_back(std::move(warnings));
  return report;
}

}  // namespace capplan::plan
