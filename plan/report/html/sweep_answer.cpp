#include "plan/report/html/sweep_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

bool judged(const SweepPoint& point) { return point.done && !point.result.slos.empty(); }

bool meets(const SweepPoint& point) { return judged(point) && point.result.verdict == Verdict::ok; }

std::string room(double headroom) {
  return headroom >= 0 ? compact(headroom, Unit::ratio) + " of headroom" : compact(-headroom, Unit::ratio) + " beyond";
}

/// The point with the most headroom at its tightest SLO, of those that meet all SLOs or, if none does, of all.
const SweepPoint* roomiest(const Sweep& sweep, bool of_met) {
  const SweepPoint* best = nullptr;
  double most = 0;
  for (const SweepPoint& point : sweep.points) {
    const auto tightest = tightest_of(point);
    const bool steady = point.result.verdict != Verdict::no_steady_state;
    if (!tightest || !steady || meets(point) != of_met) continue;
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
    const SloMargin tightest = *tightest_of(*best);
    block.sentences.push_back(fmt::format(
        "{} is {}; its tightest SLO is {} {}: {}", met > 0 ? "The point with the most headroom" : "The nearest point",
        settings_of(sweep, *best), printable(tightest.target), printable(tightest.text), room(tightest.headroom)));
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

/// The end of the number that a text begins with; 0 for none.
std::size_t number_end(const std::string& text) {
  const std::size_t end = text.find_first_not_of("+-.0123456789");
  const std::size_t length = end == std::string::npos ? text.size() : end;
  return text.find_first_of("0123456789") < length ? length : 0;
}

/// To so many significant digits, what stands behind the number kept.
std::string shortened(const std::string& label, int digits) {
  const std::size_t end = number_end(label);
  const std::size_t point = label.find('.');
  if (end == 0 || point >= end || label.find_last_of("+-") != std::string::npos) return label;
  const double value = std::strtod(label.c_str(), nullptr);
  const int whole = value > 0 ? static_cast<int>(std::floor(std::log10(value))) + 1 : 1;
  std::string number = fmt::format("{:.{}f}", value, std::max(0, digits - whole));
  if (number.find('.') != std::string::npos) number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number + label.substr(end);
}

/// What each label of an axis is shown as.
std::map<std::string, std::string> shown_labels(const Axis& axis) {
  std::map<std::string, std::string> shown;
  for (int digits = 3; digits <= 17; ++digits) {
    shown.clear();
    std::set<std::string> different;
    for (const std::string& label : axis.labels) {
      std::string text = shortened(label, digits);
      if (text.size() > label.size()) text = label;
      different.insert(text);
      shown[label] = std::move(text);
    }
    if (different.size() == shown.size()) break;
  }
  return shown;
}

}  // namespace

std::optional<SloMargin> tightest_of(const SweepPoint& point) {
  std::optional<SloMargin> tightest;
  if (!point.done) return tightest;
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

Sweep with_short_labels(Sweep sweep) {
  std::map<std::string, std::string> settings;
  for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
    const std::string key = sweep.axes[a].key;
    const auto shown = shown_labels(sweep.axes[a]);
    const auto shorten = [&](std::string& label) {
      if (const auto found = shown.find(label); found != shown.end()) label = found->second;
    };
    for (const auto& [label, text] : shown) settings[key + " = " + label] = key + " = " + text;
    for (std::string& label : sweep.axes[a].labels) shorten(label);
    for (SweepPoint& point : sweep.points)
      if (a < point.labels.size()) shorten(point.labels[a]);
    for (Smallest& smallest : sweep.smallest)
      if (smallest.key == key) {
        shorten(smallest.label);
        shorten(smallest.measured_at);
      }
  }
  for (Smallest& smallest : sweep.smallest)
    for (std::string& other : smallest.others)
      if (const auto found = settings.find(other); found != settings.end()) other = found->second;
  return sweep;
}

}  // namespace capplan::plan
