// A validation as a report: how far predictions are from what was measured, whether intervals hold it, the samples that
// are furthest off. Errors are absolute in the summary, signed in the rows. All samples are in JSON and CSV.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/report/report.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using models::IndexKind;

constexpr std::size_t most_rows = 40;

std::string percent(const std::optional<double>& x) { return x ? fmt::format("{:.1f}%", 100 * *x) : "-"; }
std::string signed_percent(const std::optional<double>& x) { return x ? fmt::format("{:+.1f}%", 100 * *x) : "-"; }

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
    const IndexSample& s = row->sample;
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

std::string described(const IndexSample& s) {
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

namespace {

std::string time_of(double seconds) { return compact(seconds, Unit::seconds); }

/// "412us (-3%)": predicted, and how far that is from what was measured; an asterisk where it is outside.
std::string beside(const Compare& c) {
  const std::string error = c.measured > 0 ? fmt::format(" {:+.0f}%", 100 * c.error) : "";
  return fmt::format("{} / {}{}{}", time_of(c.measured), time_of(c.predicted.value), error, c.inside ? "" : "*");
}

Grid errors_of(const CaptureValidation& v) {
  Grid grid({{"", true}, {"error, median"}});
  grid.add({{"p50 latency"}, {percent(v.p50)}});
  grid.add({{"p95 latency"}, {percent(v.p95)}});
  grid.add({{"p99 latency"}, {percent(v.p99)}});
  grid.add({{"throughput"}, {percent(v.throughput)}});
  grid.add({{"CPU busy, points"}, {v.cpu ? fmt::format("{:.1f}", 100 * *v.cpu) : "-"}});
  grid.add({{"percentiles inside their interval"}, {percent(v.inside)}});
  return grid;
}

/// What each effect of contention is worth.
Grid effects_of(const CaptureValidation& v) {
  Grid grid({{"without", true},
             {"", true},
             {"p50 latency"},
             {"p95 latency"},
             {"p99 latency"},
             {"throughput"},
             {"CPU, points"}});
  const auto points = [](const std::optional<double>& x) { return x ? fmt::format("{:.1f}", 100 * *x) : "-"; };
  const auto row = [&](const std::string& name, const std::string& meaning, const auto& errors) {
    grid.add({{name},
              {meaning},
              {percent(errors.p50)},
              {percent(errors.p95)},
              {percent(errors.p99)},
              {percent(errors.throughput)},
              {points(errors.cpu)}});
  };
  row("nothing", "all as modelled", v);
  for (const EffectWorth& e : v.effects) row(e.name, e.meaning, e);
  return grid;
}

Grid classes_of(const CaptureValidation& v) {
  Grid grid({{"capture", true}, {"request", true}, {"count"}, {"mean"}, {"p50"}, {"p95"}, {"p99"}});
  for (const ComparedCapture& capture : v.captures)
    for (const ComparedClass& c : capture.classes)
      grid.add({{&c == &capture.classes.front() ? capture.name + (capture.saturated ? " (saturated)" : "") : ""},
                {c.name},
                {core::format_count(static_cast<double>(c.count))},
                {beside(c.latency.mean)},
                {beside(c.latency.p50)},
                {beside(c.latency.p95)},
                {beside(c.latency.p99)}});
  return grid;
}

/// "43.5% / 44.1% +0.6": a share, and how many points the predicted one is off.
std::string share_beside(const Compare& c) {
  return fmt::format("{:.1f}% / {:.1f}% {:+.1f}{}", 100 * c.measured, 100 * c.predicted.value, 100 * c.error,
                     c.inside ? "" : "*");
}

Grid parts_of(const CaptureValidation& v) {
  Grid grid({{"capture", true}, {"requests/s"}, {"wait for a client"}, {"CPU busy, points"}, {"writes, mean"}});
  for (const ComparedCapture& capture : v.captures) {
    const Compare& rate = capture.throughput;
    grid.add({{capture.name + (capture.saturated ? " (saturated)" : "")},
              {fmt::format("{:.0f} / {:.0f} {:+.1f}%{}", rate.measured, rate.predicted.value, 100 * rate.error,
                           rate.inside ? "" : "*")},
              {beside(capture.pool_wait)},
              {capture.cpu ? share_beside(*capture.cpu) : "-"},
              {capture.writes ? beside(*capture.writes) : "-"}});
  }
  return grid;
}

/// What the real system differs from itself by.
Grid repeats_of(const CaptureValidation& v) {
  Grid grid({{"captures of the same run", true}, {"p50 moved"}, {"p95 moved"}, {"p99 moved"}});
  for (const Repeats& r : v.repeats)
    grid.add({{fmt::format("{}", fmt::join(r.captures, ", "))}, {percent(r.p50)}, {percent(r.p95)}, {percent(r.p99)}});
  return grid;
}

/// What servers counted themselves.
Grid counted_of(const CaptureValidation& v) {
  Grid grid({{"capture", true}, {"counted by the servers", true}, {"measured"}, {"predicted"}, {"error"}});
  for (const ComparedCapture& capture : v.captures)
    for (const ComparedPart& part : capture.parts)
      grid.add({{&part == &capture.parts.front() ? capture.name : ""},
                {part.name},
                {time_of(part.mean.measured)},
                cell(part.mean.predicted, Unit::seconds),
                {signed_percent(part.mean.error)}});
  return grid;
}

Report report_of(const CaptureValidation& v, const std::string& law) {
  Report report;
  report.headline = fmt::format("{} capture{} beside {} replay", v.captures.size(), v.captures.size() == 1 ? "" : "s",
                                v.captures.size() == 1 ? "its" : "their");
  report.setting = "predicted by " + law;
  report.blocks.push_back({"errors", errors_of(v), {"over the classes of all captures that are not saturated"}});
  if (!v.effects.empty())
    report.blocks.push_back({"errors without each effect of contention",
                             effects_of(v),
                             {"medians of absolute errors, all else fitted anew"}});
  report.blocks.push_back({"latency, measured / predicted",
                           classes_of(v),
                           {"*: the measured value is outside of the predicted interval, which JSON has"}});
  report.blocks.push_back({"parts, measured / predicted", parts_of(v), {}});
  if (!v.repeats.empty())
    report.blocks.push_back(
        {"what repeating a run moves", repeats_of(v), {"medians over classes; no prediction is nearer"}});
  if (Grid counted = counted_of(v); !counted.empty())
    report.blocks.push_back({"means by the servers' own counters",
                             std::move(counted),
                             {"executions leave out parsing, planning, protocol and commit, which the model's time on "
                              "cores and disk holds but for the commit"}});
  Block warnings{"warnings", {}, {}};
  for (const ComparedCapture& capture : v.captures)
    for (const std::string& warning : capture.warnings)
      warnings.sentences.push_back("warning: " + capture.name + ": " + warning);
  if (!warnings.sentences.empty()) report.blocks.push_back(std::move(warnings));
  return report;
}

}  // namespace

Report report(const Validation& validation) {
  if (validation.captures && !validation.index_samples) return report_of(*validation.captures, validation.law);
  Report report;
  if (!validation.index_samples) return report;
  const IndexValidation& v = *validation.index_samples;
  report.headline = fmt::format("{} measured searches of vector indexes beside their predictions", v.rows.size());
  report.setting = "predicted by " + validation.law;
  if (validation.captures) report = report_of(*validation.captures, validation.law);
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
