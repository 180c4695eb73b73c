// Figures as CSV (RFC 4180, lines end with a line feed): paths joined by "/", base units, numbers that read back
// exactly, empty cells for what is not known.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "plan/report/csv_field.h"
#include "plan/report/drift_report.h"
#include "plan/report/tables.h"
#include "plan/study/judge.h"

namespace capplan::plan {

namespace {

std::string joined(const std::vector<std::string>& path) { return fmt::format("{}", fmt::join(path, "/")); }

/// ",value,lo,hi".
std::string numbers(const core::Estimate& e) { return e.known ? fmt::format(",{},{},{}", e.value, e.lo, e.hi) : ",,,"; }

/// ",sampling,calibration": the half widths that an interval is made of.
std::string parts(const core::Estimate& e) {
  return e.known && e.split() ? fmt::format(",{},{}", e.sampling, e.calibration) : ",,";
}

}  // namespace

std::string csv(const Result& result, const FigureChoice& choice) {
  std::string text = std::string("path,value,lo,hi") + (result.draws > 0 ? ",sampling,calibration" : "") + "\n";
  for (const Figure& figure : result.figures) {
    if (choice.given() && !choice.takes(figure.path)) continue;
    text += csv_field(joined(figure.path)) + numbers(figure.estimate) +
            (result.draws > 0 ? parts(figure.estimate) : "") + "\n";
  }
  return text;
}

std::string csv(const Sweep& sweep, const FigureChoice& choice) {
  std::vector<std::vector<std::string>> paths;
  std::set<std::vector<std::string>> seen;
  for (const SweepPoint& point : sweep.points)
    for (const Figure& figure : point.result.figures)
      if (seen.insert(figure.path).second && (!choice.given() || choice.takes(figure.path)))
        paths.push_back(figure.path);

  std::string text;
  for (const Axis& axis : sweep.axes) text += csv_field(axis.key) + ",";
  const bool drawn = std::any_of(sweep.points.begin(), sweep.points.end(),
                                 [](const SweepPoint& point) { return point.result.draws > 0; });
  text += "verdict,replications";
  if (drawn) text += ",draws,probability";
  for (const auto& path : paths) {
    const std::string name = joined(path);
    text += "," + csv_field(name) + "," + csv_field(name + "/lo") + "," + csv_field(name + "/hi");
    if (drawn) text += "," + csv_field(name + "/sampling") + "," + csv_field(name + "/calibration");
  }
  text += "\n";
  for (const SweepPoint& point : sweep.points) {
    for (const std::string& label : point.labels) text += csv_field(label) + ",";
    text += point.done ? fmt::format("{},{}", to_string(point.result.verdict), point.result.replications) : ",";
    if (drawn) {
      const core::Estimate likely = least_probability(point.result);
      text += point.done ? fmt::format(",{},", point.result.draws) : ",,";
      if (likely.known) text += fmt::format("{}", likely.value);
    }
    std::map<std::vector<std::string>, core::Estimate> estimates;
    for (const Figure& figure : point.result.figures) estimates.emplace(figure.path, figure.estimate);
    for (const auto& path : paths) text += numbers(estimates[path]) + (drawn ? parts(estimates[path]) : "");
    text += "\n";
  }
  return text;
}

namespace {

/// One row a figure: measured, then predicted with its interval, and the error.
std::string csv(const CaptureValidation& v) {
  std::string text = "capture,request,figure,measured,predicted,lo,hi,error\n";
  const auto row = [&](const std::string& capture, const std::string& request, const std::string& figure,
                       const Compare& c) {
    text += fmt::format("{},{},{},{}{},{}\n", csv_field(capture), csv_field(request), figure, c.measured,
                        numbers(c.predicted), c.error);
  };
  for (const ComparedCapture& capture : v.captures) {
    for (const ComparedClass& c : capture.classes)
      for (const auto& [kind, times] : {std::pair{"latency_s", &c.latency}, std::pair{"duration_s", &c.duration}})
        for (const auto& [name, figure] : {std::pair{"mean", &times->mean}, std::pair{"p50", &times->p50},
                                           std::pair{"p95", &times->p95}, std::pair{"p99", &times->p99}})
          row(capture.name, c.name, fmt::format("{}/{}", kind, name), *figure);
    row(capture.name, "all", "completed_per_s", capture.throughput);
    row(capture.name, "all", "pool_wait_s", capture.pool_wait);
    if (capture.cpu) row(capture.name, "all", "cpu", *capture.cpu);
  }
  return text;
}

}  // namespace

std::string csv(const Validation& validation) {
  if (validation.captures && !validation.index_samples) return csv(*validation.captures);
  std::string text =
      "index,rows,dimensions,type,m,ef_construction,lists,search_param,limit,plan_measured,plan_predicted";
  for (const char* what : {"latency_p50_s", "pages", "recall", "index_bytes"})
    text += fmt::format(",{0},{0}/predicted,{0}/lo,{0}/hi,{0}/error", what);
  text += ",outside\n";
  if (!validation.index_samples) return text;
  const auto plan = [](models::Plan p) { return p == models::Plan::seq_scan ? "seq_scan" : "index_scan"; };
  const auto number = [](const std::optional<double>& x) { return x ? fmt::format("{}", *x) : ""; };
  for (const IndexPrediction& row : validation.index_samples->rows) {
    const models::VectorIndex& index = row.sample.index;
    const bool graph = index.kind == models::IndexKind::hnsw, lists = index.kind == models::IndexKind::ivfflat;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}", models::kind_name(index.kind), index.rows,
                        index.column.dimensions, models::type_name(index.column.type),
                        graph ? fmt::format("{}", index.m) : "", graph ? fmt::format("{}", index.ef_construction) : "",
                        lists ? fmt::format("{}", index.lists) : "",
                        graph || lists ? fmt::format("{}", row.sample.search.search_param) : "",
                        row.sample.search.limit, plan(row.measured_plan), plan(row.predicted.plan));
    const auto add = [&](const std::optional<double>& measured, const core::Estimate& predicted,
                         const std::optional<double>& error) {
      text += "," + number(measured) + numbers(predicted) + "," + number(error);
    };
    add(row.sample.latency_p50, row.predicted.latency, row.latency_error);
    add(row.sample.pages, row.predicted.pages, row.pages_error);
    add(row.sample.recall, row.predicted.recall, row.recall_error);
    add(row.sample.bytes, row.bytes, row.size_error);
    text += "," + csv_field(fmt::format("{}", fmt::join(row.predicted.outside, "; "))) + "\n";
  }
  return text;
}

std::string csv(const Comparison& comparison, const FigureChoice& choice) {
  std::string text = "path";
  for (const char* what : {"a", "b", "difference", "relative"}) text += fmt::format(",{0},{0}/lo,{0}/hi", what);
  text += ",margin,p,adjusted_p,verdict,family\n";
  for (const auto& [family, changes] :
       {std::pair("headline", &comparison.figures), std::pair("other", &comparison.others)})
    for (const FigureChange& change : *changes) {
      if (choice.given() && !choice.takes(change.path)) continue;
      text += csv_field(joined(change.path)) + numbers(change.a) + numbers(change.b) + numbers(change.difference) +
              numbers(change.relative) + fmt::format(",{}", change.margin);
      text += change.tested ? fmt::format(",{},{}", change.p, change.adjusted_p) : ",,";
      text += "," + to_string(change.change) + "," + family + "\n";
    }
  return text;
}

std::string csv(const Drift& drift) {
  std::string text =
      "capture,against,kind,of,figure,before,calibrated,measured,ratio,lo,hi,p,adjusted_p,margin,verdict,note\n";
  const auto figure = [](double x) { return x > 0 ? fmt::format("{}", x) : ""; };
  for (const CaptureDrift& capture : drift.captures)
    for (const DriftLine& l : capture.lines) {
      text += fmt::format("{},{},{},{},{},{},{},{}{}", csv_field(capture.name), csv_field(capture.against),
                          to_string(l.kind), csv_field(l.subject), csv_field(l.figure), figure(l.before),
                          figure(l.calibrated), figure(l.measured), numbers(l.ratio));
      text += l.tested ? fmt::format(",{},{}", l.p, l.adjusted_p) : ",,";
      text += fmt::format(",{},{},{}\n", l.margin, to_string(l.verdict), csv_field(l.note));
    }
  return text;
}

}  // namespace capplan::plan
