// What the costs of a scenario rest on, as blocks of a report: the captures behind its calibration, what the fit leaves
// of their percentiles, which costs they could tell, and where the scenario stands beside what they covered. All of it
// is what the calibration's file says; nothing is fitted or predicted anew.

#include <fmt/format.h>

#include <algorithm>

#include "plan/report/report.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

Unit unit_of_quantity(const std::string& quantity) {
  return quantity == "statements_per_s" ? Unit::per_second : quantity == "share" ? Unit::ratio : Unit::count;
}

/// "±12%", of a standard deviation of logarithms.
std::string deviation(double of_logarithms) { return fmt::format("±{:.3g}%", 100 * of_logarithms); }

Block captures_of(const Evidence& evidence) {
  Block block{.title = "validation against captures"};
  std::string file = evidence.calibration.empty() ? "a calibration" : "calibration " + evidence.calibration;
  block.sentences.push_back(fmt::format("costs come from {}, which rests on {} capture{}", printable(file),
                                        evidence.captures.size(), evidence.captures.size() == 1 ? "" : "s"));
  if (!evidence.assumption.empty()) block.sentences.push_back(printable(evidence.assumption));
  for (const std::string& text : evidence.left_out) block.sentences.push_back("left out: " + printable(text));
  if (evidence.captures.empty()) return block;
  Grid grid(
      {{"capture", true}, {"load", true}, {"requests"}, {"requests/s"}, {"connections"}, {"cores"}, {"CPU busy"}});
  const auto shown = [](double x) { return x > 0 ? compact(x, Unit::count) : "-"; };
  for (const EvidenceCapture& c : evidence.captures)
    grid.add({{printable(c.name)},
              {c.load},
              {shown(c.requests)},
              {c.duration_s > 0 ? compact(c.requests / c.duration_s, Unit::count) : "-"},
              {shown(c.connections)},
              {shown(c.cores)},
              {c.cpu ? compact(*c.cpu, Unit::ratio) : "-"}});
  block.grid = std::move(grid);
  return block;
}

Block spread_of(const EvidenceSpread& spread) {
  Grid grid({{"percentile", true}, {"the fit leaves"}});
  for (const auto& [name, x] :
       {std::pair("p50", spread.p50), std::pair("p95", spread.p95), std::pair("p99", spread.p99)})
    grid.add({{name}, {deviation(x)}});
  return {"what the fit leaves of the captures' percentiles",
          std::move(grid),
          {"one standard deviation of measured over replayed, over all classes and captures that were fitted; a "
           "prediction can hardly be nearer"}};
}

Block classes_of(const Evidence& evidence) {
  Grid grid({{"class", true}, {"requests"}, {"family", true}, {"KS distance"}, {"beyond chance above"}});
  for (const EvidenceClass& c : evidence.classes)
    grid.add({{printable(c.name)},
              {compact(c.requests, Unit::count)},
              {c.family},
              {fmt::format("{:.4f}", c.ks)},
              {fmt::format("{:.4f}", c.ks_critical)}});
  return {"fitted and measured durations",
          std::move(grid),
          {"the largest distance of the two distribution functions; a sample of the fitted one exceeds the last column "
           "once in a hundred"}};
}

Block costs_of(const Evidence& evidence) {
  Grid grid({{"cost", true}, {"fitted"}, {"", true}});
  for (const EvidenceCost& c : evidence.costs)
    grid.add({{printable(c.name)},
              cell(c.value, is_time(c.name) ? Unit::seconds : Unit::count),
              {c.identified ? "identified" : "the captures do not tell: as assumed before them"}});
  return {"fitted costs", std::move(grid), {}};
}

Block law_of(const EvidenceIndexLaw& law) {
  const std::string files = law.files.empty() ? "" : fmt::format(" of {}", fmt::join(law.files, ", "));
  return {
      "law of vector indexes",
      std::nullopt,
      {fmt::format("fitted to {:.0f} samples{}; it leaves {} of latency, {} of pages, ±{:.3g} of recall (one standard "
                   "deviation)",
                   law.samples, printable(files), deviation(law.latency), deviation(law.pages), law.recall)}};
}

/// Where one or several scenarios stand: the least and the most of them.
struct Places {
  CoveredQuantity least, most;
  std::size_t count = 0, outside = 0;

  void add(const CoveredQuantity& q) {
    if (count == 0 || q.here.value < least.here.value) least = q;
    if (count == 0 || q.here.value > most.here.value) most = q;
    ++count;
    outside += q.inside ? 0 : 1;
  }
};

Cell place_cell(const Places& p) {
  const Unit unit = unit_of_quantity(p.least.quantity);
  const core::Estimate &least = p.least.here, &most = p.most.here;
  const bool bare = least.lo == least.hi && most.lo == most.hi;
  if (least == most) return bare ? Cell{compact(least.value, unit)} : cell(least, unit);
  return {compact(least.value, unit) + " to " + compact(most.value, unit),
          bare ? "" : compact(least.lo, unit) + ".." + compact(most.hi, unit)};
}

Block range_of(const std::vector<const CalibrationCheck*>& checks) {
  std::vector<Places> all;
  for (const CalibrationCheck* check : checks)
    for (const CoveredQuantity& q : check->covered) {
      auto found = std::find_if(all.begin(), all.end(),
                                [&](const Places& p) { return p.least.quantity == q.quantity && p.least.of == q.of; });
      if (found == all.end()) found = all.insert(all.end(), Places{});
      found->add(q);
    }
  if (all.empty()) return {};
  Grid grid({{"", true},
             {"quantity", true},
             {"calibrated from"},
             {"to"},
             {checks.size() == 1 ? "here" : "here, least to most"}});
  bool outside = false;
  for (const Places& p : all) {
    const Unit unit = unit_of_quantity(p.least.quantity);
    outside = outside || p.outside > 0;
    grid.add({{p.outside == 0 ? "✓" : "✗"},
              {printable(words_of(p.least)) +
               (p.outside > 0 && p.count > 1 ? fmt::format(" ({} of {} outside)", p.outside, p.count) : "")},
              {compact(p.least.lo, unit)},
              {compact(p.least.hi, unit)},
              place_cell(p)});
  }
  Block block{"the calibrated range, and where this stands", std::move(grid), {}};
  block.sentences.push_back("a tenth beyond an end still counts as within");
  if (outside)
    block.sentences.push_back("✗: extrapolating beyond the calibrated range (W06); a capture nearer to it would tell");
  return block;
}

/// Of one calibration, and all that rests on it.
void add_blocks(const Evidence& evidence, const std::vector<const CalibrationCheck*>& checks,
                std::vector<Block>& blocks) {
  blocks.push_back(captures_of(evidence));
  if (evidence.spread) blocks.push_back(spread_of(*evidence.spread));
  if (!evidence.classes.empty()) blocks.push_back(classes_of(evidence));
  if (!evidence.costs.empty()) blocks.push_back(costs_of(evidence));
  if (evidence.index_law) blocks.push_back(law_of(*evidence.index_law));
  if (Block range = range_of(checks); range.grid) blocks.push_back(std::move(range));
  for (Block& block : blocks) block.on_terminal = false;
}

}  // namespace

std::string words_of(const CoveredQuantity& q) {
  if (q.quantity == "share") return "share of " + q.of;
  if (q.quantity == "rows") return "rows of " + q.of;
  return q.quantity == "statements_per_s" ? "statements" : q.quantity;
}

std::vector<Block> calibration_blocks(const std::vector<const CalibrationCheck*>& all) {
  // A page keeps what a calibration says of itself with the first point alone; the others then have their places only.
  std::vector<std::pair<const Evidence*, std::vector<const CalibrationCheck*>>> groups;
  for (const CalibrationCheck* check : all) {
    if (check->empty()) continue;
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return check->evidence.empty() || *group.first == check->evidence;
    });
    if (found == groups.end()) found = groups.insert(groups.end(), {&check->evidence, {}});
    found->second.push_back(check);
  }
  std::vector<Block> blocks;
  for (const auto& [evidence, checks] : groups)
    if (!evidence->empty()) add_blocks(*evidence, checks, blocks);
  return blocks;
}

std::vector<Block> calibration_blocks(const CalibrationCheck& check) {
  return calibration_blocks(std::vector<const CalibrationCheck*>{&check});
}

std::vector<Block> calibration_blocks(const Sweep& sweep) {
  std::vector<const CalibrationCheck*> checks;
  for (const SweepPoint& point : sweep.points)
    if (point.done) checks.push_back(&point.result.calibration);
  return calibration_blocks(checks);
}

std::vector<Block> calibration_blocks(const Comparison& comparison) {
  return calibration_blocks(
      std::vector<const CalibrationCheck*>{&comparison.a.result.calibration, &comparison.b.result.calibration});
}

}  // namespace capplan::plan
