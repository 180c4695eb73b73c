// One result as a report: the verdict, requests, where their time goes, what the resources do, errors, SLOs, warnings.
// Every number has its interval; stages have their share of the mean beside.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "plan/report/figure_blocks.h"
#include "plan/report/laws_report.h"
#include "plan/report/report.h"
#include "plan/study/figure_text.h"

namespace capplan::plan {

namespace {

using core::Estimate;

class Builder {
 public:
  Builder(const Result& result, const FigureChoice& choice) : result_(result), choice_(choice) {}

  Report build() {
    report_.mark = mark(result_.verdict, true);
    report_.headline = printable(result_.name) + ": " + verdict_words();
    report_.setting = setting();
    append(figure_blocks(result_, choice_, report_.has_unknown));
    if (choice_.given() && report_.blocks.empty())
      report_.blocks.push_back({"figures", {}, {"this answer has none of the figures that were asked for"}});
    if (!choice_.given()) append(error_blocks(result_, report_.has_unknown));
    add_slos();
    add_alerts();
    add_budgets();
    if (!choice_.given()) add_parts();
    append(calibration_blocks(result_.calibration));
    add_laws();
    add_warnings();
    return std::move(report_);
  }

 private:
  void append(std::vector<Block> blocks) {
    for (Block& block : blocks) report_.blocks.push_back(std::move(block));
  }

  std::string verdict_words() const {
    const std::size_t total = result_.slos.size();
    const auto count = [&](Judgement judgement) {
      return std::count_if(result_.slos.begin(), result_.slos.end(),
                           [&](const SloResult& slo) { return slo.judgement == judgement; });
    };
    const auto some = [&](std::ptrdiff_t n, const char* what) {
      return total == 1 ? fmt::format("the SLO is {}", what)
                        : fmt::format("{} of {} SLOs {} {}", n, total, n == 1 ? "is" : "are", what);
    };
    if (result_.verdict == Verdict::no_steady_state) return "no steady state, more work arrives than is done";
    if (result_.verdict == Verdict::missed) return some(count(Judgement::missed), "missed");
    const bool rising = std::any_of(result_.slos.begin(), result_.slos.end(), [](const SloResult& slo) {
      return slo.judgement == Judgement::undecided && !slo.rising.empty();
    });
    if (result_.verdict == Verdict::undecided)
      return some(count(Judgement::undecided),
                  rising ? "undecided: the run is too short" : "undecided at this precision");
    if (total == 0) return result_.rising.empty() ? "done, no SLO is stated" : "the run is too short, no SLO is stated";
    return total == 1 ? "the SLO is met" : fmt::format("all {} SLOs are met", total);
  }

  std::string setting() const {
    const auto span = [](double seconds) { return compact(seconds, Unit::seconds); };
    std::string text = result_.replications == 1 ? fmt::format("1 run of {} simulated", span(result_.duration_s))
                                                 : fmt::format("{} replications of {} simulated", result_.replications,
                                                               span(result_.duration_s));
    if (result_.draws > 0) text += fmt::format(", and {} draws of the calibration's parameters", result_.draws);
    text += result_.warmup_s > 0 ? fmt::format(", the first {} left out as warm-up", span(result_.warmup_s))
                                 : ", no warm-up left out";
    return text + fmt::format("; seed {}, engine {}", result_.seed, result_.revision);
  }

  Cell shown(const Estimate& estimate, Unit unit) {
    if (!estimate.known) report_.has_unknown = true;
    return cell(estimate, unit);
  }

  /// Headroom, and what a verdict rests on besides: requests that fail, a stock that still rises.
  static std::string remark(const SloResult& slo) {
    std::vector<std::string> parts;
    if (const std::string room = headroom(slo); !room.empty()) parts.push_back(room);
    if (slo.failed.known && !slo.never)
      parts.push_back(compact(slo.failed.value, Unit::ratio) +
                      (slo.over == Over::none ? " of its requests fail" : " fail"));
    if (!slo.rising.empty()) parts.push_back("rests on " + slo.rising + ", still rising");
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  Cell measured(const SloResult& slo) {
    if (!slo.never && !slo.estimate.known) report_.has_unknown = true;
    return measured_cell(slo);
  }

  static std::string over_words(Over over) {
    return over == Over::attempts ? "of all attempts" : over == Over::completed ? "of completed" : "";
  }

  void add_slos() {
    if (result_.slos.empty()) return;
    const bool over = std::any_of(result_.slos.begin(), result_.slos.end(),
                                  [](const SloResult& slo) { return slo.over != Over::none; });
    std::vector<Heading> heads = {{""}, {"SLO of", true}, {"condition", true}, {"measured"}, {"", true}};
    if (over) heads.push_back({"", true});
    if (result_.draws > 0) heads.push_back({"met with probability"});
    Grid grid(std::move(heads));
    for (const SloResult& slo : result_.slos) {
      std::vector<Cell> row = {{mark(slo.judgement)}, {slo.target}, {printable(slo.text)}, measured(slo)};
      if (over) row.push_back({over_words(slo.over)});
      row.push_back({remark(slo)});
      if (result_.draws > 0) row.push_back(probability_cell(slo.probability));
      grid.add(std::move(row));
    }
    report_.blocks.push_back({"SLOs", std::move(grid)});
  }

  /// What the intervals of the figures that are looked at first are made of.
  void add_parts() {
    if (result_.draws == 0) return;
    Grid grid(
        {{"interval of", true}, {"figure", true}, {"value"}, {"by sampling"}, {"by calibration"}, {"share of it"}});
    for (const Figure& figure : result_.figures) {
      const Path& path = figure.path;
      const bool request = path.size() == 4 && path[0] == "requests" && path[2] == "latency_s" && path[3] != "p999";
      const bool server = path.size() == 3 && path[0] == "servers" && path[2] == "cpu";
      const core::Estimate& e = figure.estimate;
      if (!(request || server) || !e.known || !e.split()) continue;
      if (request && path[1] == "all" && names_of(result_, "requests").size() == 2) continue;  // the same again
      const Unit unit = request ? Unit::seconds : Unit::ratio;
      const double both = e.sampling * e.sampling + e.calibration * e.calibration;
      grid.add({{printable(subject_of(path))},
                {word_of(path)},
                cell(e, unit),
                {"±" + compact(e.sampling, unit)},
                {"±" + compact(e.calibration, unit)},
                {compact(e.calibration * e.calibration / both, Unit::ratio)}});
    }
    if (!grid.empty())
      report_.blocks.push_back({"what intervals are made of",
                                std::move(grid),
                                {"share of it: of the variance, that of parameters which the captures leave open; more "
                                 "captures narrow it, more replications the rest"}});
  }

  /// "in 3 of 5 runs", with what that says of any run beside it.
  Cell how_often(const AlertResult& alert) {
    const double runs = result_.replications;
    const std::string text = fmt::format("{:.0f} of {:.0f} runs", alert.fired.value * runs, runs);
    return {text, fmt::format("{:.0f}..{:.0f}%", alert.fired.lo * 100, alert.fired.hi * 100)};
  }

  void add_alerts() {
    if (result_.alerts.empty()) return;
    Grid grid({{"alert", true}, {"severity", true}, {"when", true}, {"for"}, {"fired in"}, {"first at"}, {"firing"}});
    for (const AlertResult& alert : result_.alerts) {
      const bool any = alert.fired.value > 0;
      grid.add({{alert.name},
                {alert.severity},
                {printable(alert.when)},
                {alert.for_s > 0 ? compact(alert.for_s, Unit::seconds) : "at once"},
                how_often(alert),
                any ? shown(alert.first_s, Unit::seconds) : Cell{"never"},
                any ? shown(alert.firing_s, Unit::seconds) : Cell{}});
    }
    report_.blocks.push_back({"alerts", std::move(grid)});
  }

  void add_budgets() {
    if (result_.budgets.empty()) return;
    Grid grid(
        {{"budget", true}, {"of", true}, {"objective", true}, {"bad"}, {"burn rate"}, {"used by one run"}, {"lasts"}});
    for (const BudgetResult& budget : result_.budgets) {
      const bool lasts = budget.burn.known && budget.burn.value > 0;
      std::string objective =
          fmt::format("{} over {}", compact(budget.objective, Unit::ratio), compact(budget.period_s, Unit::seconds));
      if (budget.latency_s > 0) objective += fmt::format(", within {}", compact(budget.latency_s, Unit::seconds));
      const core::Estimate& burn = budget.burn;
      grid.add({{budget.name},
                {budget.request},
                {objective},
                shown(budget.bad, Unit::ratio),
                shown(burn, Unit::count),
                shown(budget.consumed, Unit::ratio),
                lasts && burn.lo > 0
                    ? shown({budget.period_s / burn.value, budget.period_s / burn.hi, budget.period_s / burn.lo, true},
                            Unit::seconds)
                    : Cell{}});
    }
    report_.blocks.push_back({"error budgets", std::move(grid)});
  }

  void add_laws() {
    if (result_.laws.empty()) return;
    if (Block block = laws_block(result_); !block.sentences.empty()) report_.blocks.push_back(std::move(block));
    report_.blocks.push_back(all_laws_block(result_));
  }

  void add_warnings() {
    if (result_.warnings.empty()) return;
    Grid grid({{"", true}, {"", true}});
    for (const Warning& warning : result_.warnings) grid.add({{warning.code}, {printable(warning.text)}});
    report_.blocks.push_back({"warnings", std::move(grid)});
  }

  const Result& result_;
  const FigureChoice& choice_;
  Report report_;
};

}  // namespace

std::string mark(Verdict verdict, bool judged) {
  if (verdict == Verdict::no_steady_state) return "~";
  if (!judged) return "-";
  return verdict == Verdict::ok ? "✓" : verdict == Verdict::missed ? "✗" : "?";
}

std::string headroom(const SloResult& slo) {
  if (!slo.estimate.known || slo.limit == 0) return "";
  const double room = (slo.below ? slo.limit - slo.estimate.value : slo.estimate.value - slo.limit) / slo.limit;
  if (slo.below && room < -2) return fmt::format("{:.3g} times the limit", slo.estimate.value / slo.limit);
  return fmt::format("{:.0f}% {}", std::abs(room) * 100,
                     room >= 0   ? "headroom"
                     : slo.below ? "above the limit"
                                 : "below the limit");
}

std::string mark(Judgement judgement) {
  return judgement == Judgement::met ? "✓" : judgement == Judgement::missed ? "✗" : "?";
}

Report report(const Result& result, const FigureChoice& choice) { return Builder(result, choice).build(); }

}  // namespace capplan::plan
