#include "plan/study/slo_rows.h"

#include <algorithm>

#include "plan/scenario/figure_specs.h"
#include "plan/study/attempts.h"
#include "plan/study/calibration_spread.h"
#include "plan/study/judge.h"
#include "plan/study/rests_on.h"
#include "plan/study/stocks.h"

namespace capplan::plan {

namespace {

using core::Estimate;

/// Where more than this fail for sure, a mean of the others decides nothing, and what rests on them says so.
constexpr double failures_tolerated = 0.01;

/// Of the latency that a condition is on, with what the calibration leaves open.
Attempts attempts_of(const Slo& slo, const Judged& judged) {
  Attempts found = attempts(slo, judged.kept);
  if (judged.drawn.empty()) return found;
  Attempts drawn = attempts(slo, judged.drawn);
  std::vector<Figure> figures = {found.percentile, found.failed, found.late};
  add_calibration_spread(figures, {drawn.percentile, drawn.failed, drawn.late}, judged.paired);
  found.percentile = figures[0];
  found.failed = figures[1];
  found.late = figures[2];
  return found;
}

/// The share that fails of the requests behind a resource or query, of the class where it is highest.
Estimate failing_behind(const Scenario& scenario, const Result& result, const std::string& target) {
  Estimate most;
  const std::string section = section_of_target(target);
  if (section == "request" || section == "job" || section == "index") return most;
  for (const models::SectionId request : those_passing(scenario, section_of_target(scenario, target))) {
    std::vector<std::string> path = scenario.at(request).subject();
    path.emplace_back("error_ratio");
    const Estimate errors = result.at(path);
    if (errors.known && errors.lo > failures_tolerated && errors.value > most.value) most = errors;
  }
  return most;
}

/// A latency of those that completed alone, or the mean time in a stage of them.
SloResult judge_completed(const Slo& slo, const Result& result, const Estimate& failed) {
  SloResult row = judge(slo, result);
  row.over = Over::completed;
  if (failed.known && failed.value > 0) row.failed = failed;
  if (failed.known && failed.value >= 1)
    row.judgement = slo.below ? Judgement::missed : Judgement::undecided;
  else if (failed.known && failed.lo > failures_tolerated && !slo.completed)
    row.judgement = Judgement::undecided;
  return row;
}

SloResult judged_row(const Scenario& scenario, const Result& result, const Slo& slo, const Judged& judged) {
  const std::vector<std::string> path = figure_path(slo.target, slo.metric);
  if (path.size() == 4 && path[2] == "stages_s")
    return judge_completed(slo, result, result.at({path[0], path[1], "error_ratio"}));
  if (!is_latency(slo)) {
    SloResult row = judge(slo, result);
    row.failed = failing_behind(scenario, result, slo.target);
    if (const Figure* figure = result.find(path); figure != nullptr && result.draws > 0)
      row.probability = probability(*figure, slo.limit * slo.over, slo.below);
    return row;
  }
  const Attempts of_all = attempts_of(slo, judged);
  const bool completed = slo.completed || share_of_metric(slo.metric) <= 0;
  SloResult row = completed ? judge_completed(slo, result, of_all.failed.estimate) : judge(slo, of_all);
  const Figure* figure = completed ? result.find(path) : &of_all.percentile;
  if (figure != nullptr && result.draws > 0) row.probability = probability(*figure, slo.limit, slo.below);
  return row;
}

/// What rests on a stock that still rises is not met; nor missed, where a cache that fills may bring it down yet.
void hold_back(const std::vector<RisingStock>& rising, const Slo& slo, SloResult& row) {
  const core::FigureSpec* spec = spec_of(figure_path(slo.target, slo.metric));
  const bool lasting = spec != nullptr && spec->aggregation == core::Aggregation::computed;
  const RisingStock* stock = lasting && !slo.metric.ends_with("_peak") ? nullptr : rests_on(slo.target, rising);
  if (stock == nullptr) return;
  for (const std::string& part : stock->path) row.rising += (row.rising.empty() ? "" : "/") + part;
  const bool by_failures = row.never || (row.failed.known && row.failed.value >= 1);
  if (row.judgement == Judgement::met || (stock->path[0] == "caches" && !by_failures))
    row.judgement = Judgement::undecided;
}

}  // namespace

std::vector<SloResult> judge_slos(const Scenario& scenario, const Result& result, const Judged& judged,
                                  std::vector<Slo>& not_modelled) {
  std::vector<SloResult> rows;
  for (const Slo& slo : scenario.slos) {
    const bool modelled = measured(slo, result).has_value();
    if (!modelled) not_modelled.push_back(slo);
    if (!modelled && !slo.preset.empty()) continue;
    rows.push_back(modelled ? judged_row(scenario, result, slo, judged) : judge(slo, result));
    hold_back(result.rising, slo, rows.back());
  }
  return rows;
}

}  // namespace capplan::plan
