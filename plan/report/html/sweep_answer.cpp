#include "plan/report/html/sweep_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

bool judged(const SweepPoint& point) { return point.done && !point.result.slos.empty(); }

bool meets(const SweepPoint& point) { return judged(point) && point.result.verdict == Verdict::ok; }

/// The point with the most headroom at its tightest SLO, of those that meet all SLOs or, if none does, of all.
const SweepPoint* roomiest(const Sweep& sweep, bool of_met) {
  const SweepPoint* best = nullptr;
  double most = 0;
  for (const SweepPoint& point : sweep.points) {
    const auto tightest = tightest_of(point);
    if (!tightest || meets(point) != of_met) continue;
    if (best != nullptr && tightest->headroom <= most) continue;
    best = &point;
    most = tightest->headroom;
  }
  return best;
}

Block in_short(const Sweep& sweep) {
  Block block{.title = "In short"};
  std::size_t met = 0, all = 0;
  for (const SweepPoint& point : sweep.points) {
    met += meets(point) ? 1 : 0;
    all += judged(point) ? 1 : 0;
  }
  block.sentences.push_back(fmt::format("{} of {} points meet every SLO", met, all));
  if (const SweepPoint* best = roomiest(sweep, met > 0)) {
    block.sentences.push_back(fmt::format("{} is {}; its tightest SLO is {}",
                                          met > 0 ? "The point with the most headroom" : "The nearest point",
                                          settings_of(sweep, *best), printable(to_text(*tightest_of(*best)))));
  }
  return block;
}

/// Of each SLO at how many points it is met, and where its value is best.
Block by_slo(const Sweep& sweep) {
  Block block{.title = "SLO by SLO"};
  Grid grid({{"condition", true}, {"met"}, {"missed"}, {"undecided"}, {"least"}, {"most"}});
  const auto first = std::find_if(sweep.points.begin(), sweep.points.end(), judged);
  std::string worst;
  std::size_t most_missed = 0;
  for (std::size_t s = 0; s < first->result.slos.size(); ++s) {
    const SloResult& slo = first->result.slos[s];
    std::size_t count[3] = {0, 0, 0};
    std::optional<double> least, most;
    for (const SweepPoint& point : sweep.points) {
      if (!judged(point) || s >= point.result.slos.size()) continue;
      const SloResult& here = point.result.slos[s];
      ++count[static_cast<int>(here.judgement)];
      if (!here.estimate.known) continue;
      least = std::min(least.value_or(here.estimate.value), here.estimate.value);
      most = std::max(most.value_or(here.estimate.value), here.estimate.value);
    }
    const std::string name = printable(slo.target) + " " + printable(slo.text);
    if (count[1] > most_missed) {
      most_missed = count[1];
      worst = name;
    }
    const Unit unit = unit_of_condition(slo.target, slo.text, slo.limit);
    grid.add({{name},
              {fmt::format("{}", count[0])},
              {fmt::format("{}", count[1])},
              {fmt::format("{}", count[2])},
              {least ? compact(*least, unit) : "-"},
              {most ? compact(*most, unit) : "-"}});
  }
  block.grid = std::move(grid);
  if (!worst.empty()) block.sentences.push_back(fmt::format("Missed most often: {}, at {} points", worst, most_missed));
  return block;
}

/// The smallest settings as a table, where there are too many to read as sentences.
Block smallest_table(const Sweep& sweep) {
  Block block{.title = "The smallest settings that meet the SLOs"};
  Grid grid({{"at", true}, {"setting", true}, {"smallest"}, {"tightest SLO there", true}});
  for (const Smallest& smallest : sweep.smallest)
    grid.add({{printable(fmt::format("{}", fmt::join(smallest.others, ", ")))},
              {smallest.key},
              {smallest.label.empty() ? "none" : printable(smallest.label)},
              {smallest.margins.empty() ? "-" : printable(to_text(smallest.margins.front()))}});
  block.grid = std::move(grid);
  return block;
}

}  // namespace

std::optional<SloMargin> tightest_of(const SweepPoint& point) {
  std::optional<SloMargin> tightest;
  if (!point.done || point.result.verdict == Verdict::no_steady_state) return tightest;
  for (const SloResult& slo : point.result.slos) {
    if (!slo.estimate.known) continue;
    const SloMargin margin = margin_of(slo);
    if (!tightest || margin.headroom < tightest->headroom) tightest = margin;
  }
  return tightest;
}

std::string settings_of(const Sweep& sweep, const SweepPoint& point) {
  std::vector<std::string> at;
  for (std::size_t a = 0; a < sweep.axes.size() && a < point.labels.size(); ++a)
    at.push_back(sweep.axes[a].key + " = " + printable(point.labels[a]));
  return fmt::format("{}", fmt::join(at, ", "));
}

std::string point_anchor(std::size_t point) { return fmt::format("point-{}", point + 1); }

std::vector<Block> answer_blocks(const Sweep& sweep) {
  constexpr std::size_t most_sentences = 6;
  if (std::none_of(sweep.points.begin(), sweep.points.end(), judged)) return {};
  std::vector<Block> blocks = {in_short(sweep), by_slo(sweep)};
  if (sweep.smallest.size() > most_sentences) blocks.push_back(smallest_table(sweep));
  return blocks;
}

}  // namespace capplan::plan
