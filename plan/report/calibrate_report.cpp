#include "plan/report/calibrate_report.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "plan/capture/inspected_rows.h"
#include "plan/costs/evidence.h"
#include "plan/fit/workload_file.h"
#include "plan/report/calibration_json.h"
#include "plan/report/csv_field.h"
#include "plan/report/html/page_parts.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

/// Beyond this many nines a chart of quantiles is drawn by single requests.
constexpr double most_nines = 4;

Block classes_of(const Calibration& calibration) {
  Grid grid({{"class", true}, {"requests"}, {"mean"}, {"p50"}, {"p95"}, {"p99"}, {"family", true}, {"KS distance"}});
  for (const ClassCalibration& c : calibration.classes) {
    const SampleSummary& s = c.fit.sample;
    grid.add({{printable(c.name)},
              {compact(static_cast<double>(s.count), Unit::count)},
              cell(s.mean, Unit::seconds),
              cell(s.p50, Unit::seconds),
              cell(s.p95, Unit::seconds),
              cell(s.p99, Unit::seconds),
              {c.fit.chosen.family},
              {fmt::format("{:.4f}", c.fit.chosen.ks)}});
  }
  return {"durations by class", std::move(grid), {printable(calibration.assumption)}};
}

Block captures_of(const Calibration& calibration) {
  Grid grid({{"capture", true}, {"requests"}, {"failed"}, {"skipped"}, {"mean duration"}, {"server CPU a request"}});
  for (const CaptureRecord& r : calibration.captures)
    grid.add({{printable(r.manifest.name)},
              {compact(static_cast<double>(r.rows), Unit::count)},
              {compact(static_cast<double>(r.failed), Unit::count)},
              {compact(static_cast<double>(r.skipped), Unit::count)},
              {compact(r.mean_duration, Unit::seconds)},
              {r.cpu_per_request ? compact(*r.cpu_per_request, Unit::seconds) : "not measured"}});
  return {"captures", std::move(grid), {}};
}

Block load_of(const WorkloadFit& w) {
  Grid grid({{"figure of the load", true}, {"value"}});
  grid.add({{"rate"}, cell(w.rate, Unit::per_second)});
  grid.add({{"cv of the times between arrivals"}, cell(w.cv, Unit::count)});
  grid.add({{"dispersion of counts at 1 s"}, cell(w.dispersion, Unit::count)});
  for (const MixShare& share : w.mix)
    grid.add({{"share of " + printable(share.name)}, {compact(share.share, Unit::ratio)}});
  Block block{"load of the first capture", std::move(grid), workload_sentences(w)};
  for (const std::string& note : w.notes) block.sentences.push_back("note: " + printable(note));
  return block;
}

Block parts_of(const ContentionFit& fit) {
  Grid grid({{"part of a duration", true}, {"fitted"}, {"", true}});
  for (const FittedCost& c : fit.fitted)
    grid.add({{printable(c.name)},
              cell(c.value, is_time(c.name) ? Unit::seconds : Unit::count),
              {c.identified ? "" : "the captures do not tell"}});
  return {"what durations are made of",
          std::move(grid),
          {fmt::format("hot costs from {}; the fit leaves p50 ±{:.0f}%, p95 ±{:.0f}%, p99 ±{:.0f}% (one standard "
                       "deviation)",
                       printable(fit.base), 100 * fit.spread_p50, 100 * fit.spread_p95, 100 * fit.spread_p99)}};
}

Block indexes_of(const IndexCalibration& indexes) {
  Block block{.title = "vector indexes"};
  std::istringstream lines(summary_table(indexes));
  for (std::string line; std::getline(lines, line);) block.code.push_back(line);
  return block;
}

/// Measured and fitted quantiles of a class over the share of requests.
Chart quantiles_of(const ClassCalibration& c) {
  Chart chart{.title = fmt::format(
                  "Duration of {} (log scale) that a share of the requests (%, in nines) does not exceed", c.name),
              .x_name = "share of requests",
              .x_unit = "nines",
              .log_scale = true,
              .bare = true};
  ChartSeries measured{.name = "measured", .unit = Unit::seconds}, fitted{.name = "fitted", .unit = Unit::seconds};
  for (const QuantilePair& pair : c.fit.pairs) {
    const double nines = -std::log10(1 - pair.p);
    if (!(pair.p < 1) || nines > most_nines) continue;
    chart.labels.push_back(fmt::format("{:.6g}%", pair.p * 100));
    chart.x.push_back(nines);
    measured.values.push_back(bare(pair.measured));
    fitted.values.push_back(bare(pair.fitted));
  }
  chart.series = {std::move(measured), std::move(fitted)};
  return chart;
}

}  // namespace

Report report(const Calibration& calibration) {
  Report report{.titled = true};
  if (!calibration.captures.empty())
    report.headline =
        fmt::format("costs of {} from {}",
                    calibration.classes.size() == 1 ? "1 class" : fmt::format("{} classes", calibration.classes.size()),
                    plural(calibration.captures.size(), "capture"));
  if (calibration.indexes)
    report.headline += fmt::format("{}vector indexes from {}", report.headline.empty() ? "" : "; ",
                                   plural(calibration.indexes->files.size(), "file") + " of samples");
  report.setting = "costs to simulate with are in the .toml file";
  if (!calibration.captures.empty()) {
    report.blocks.push_back(classes_of(calibration));
    if (calibration.contention) report.blocks.push_back(parts_of(*calibration.contention));
    report.blocks.push_back(captures_of(calibration));
    report.blocks.push_back(load_of(calibration.workload));
  }
  if (calibration.indexes) report.blocks.push_back(indexes_of(*calibration.indexes));
  if (!calibration.warnings.empty()) {
    Block warnings{.title = "warnings"};
    for (const std::string& warning : calibration.warnings) warnings.sentences.push_back(printable(warning));
    report.blocks.push_back(std::move(warnings));
  }
  return report;
}

std::string csv(const Calibration& calibration) {
  std::string text = "class,figure,value,lo,hi\n";
  const auto add = [&](const std::string& name, const char* figure, const core::Estimate& e) {
    text += fmt::format("{},{},", csv_field(name), figure) +
            (e.known ? fmt::format("{},{},{}\n", e.value, e.lo, e.hi) : ",,\n");
  };
  for (const ClassCalibration& c : calibration.classes) {
    const SampleSummary& s = c.fit.sample;
    add(c.name, "mean_s", s.mean);
    add(c.name, "p50_s", s.p50);
    add(c.name, "p95_s", s.p95);
    add(c.name, "p99_s", s.p99);
  }
  return text;
}

PageContent page_of(const Calibration& calibration) {
  const Report said = report(calibration);
  const std::string name = "Calibration";
  PageContent content{.name = name, .head = head(said, name), .json = to_json(calibration, -1)};
  for (const Block& block : said.blocks) {
    std::string charts;
    if (&block == &said.blocks.front())
      for (const ClassCalibration& c : calibration.classes) charts += drawn(quantiles_of(c));
    content.sections.push_back({anchor_of(block.title), capitalised(block.title), block_html(block) + charts});
  }
  return content;
}

}  // namespace capplan::plan
