#include "plan/study/look.h"

#include <algorithm>

#include "plan/study/budgets.h"
#include "plan/study/calibrated_range.h"
#include "plan/study/calibration_spread.h"
#include "plan/study/connection_limits.h"
#include "plan/study/index_figures.h"
#include "plan/study/judge.h"
#include "plan/study/laws.h"
#include "plan/study/not_simulated.h"
#include "plan/study/peaks.h"
#include "plan/study/run_warnings.h"
#include "plan/study/slo_rows.h"
#include "plan/study/steering.h"
#include "plan/study/stocks.h"
#include "plan/study/unjudged.h"

namespace capplan::plan {

namespace {

/// What a result says of itself.
Result titled(const Scenario& scenario, const RunOptions& options, std::span<const Replication> replications,
              std::span<const Replication> drawn) {
  Result result;
  result.name = scenario.name;
  result.scenario = canonical_json(scenario);
  result.scenario_hash = scenario_hash(scenario);
  result.seed = options.seed;
  result.replications = static_cast<int>(replications.size());
  result.draws = static_cast<int>(drawn.size());
  for (const Replication& replication : replications)
    result.events += static_cast<double>(replication.recording.events);
  for (const Replication& replication : drawn) result.events += static_cast<double>(replication.recording.events);
  return result;
}

/// The alerts that watch what is measured; the others go to `not_modelled`.
void add_alerts(const Scenario& scenario, std::span<const Replication> replications, Result& result,
                std::vector<Slo>& not_modelled) {
  for (std::size_t a = 0; a < scenario.alerts.size(); ++a) {
    std::vector<AlertRun> runs;
    for (const Replication& replication : replications)
      if (a < replication.alerts.size()) runs.push_back(replication.alerts[a]);
    if (runs.empty()) continue;
    if (runs.front().modelled)
      result.alerts.push_back(summarise(scenario.alerts[a], runs));
    else
      not_modelled.push_back(scenario.alerts[a].condition);
  }
}

}  // namespace

Look look(const Scenario& scenario, const RunOptions& options, std::span<const Replication> replications,
          std::span<const Replication> drawn) {
  const RunFrame frame = frame_of(scenario);
  const Steadiness steady = find_steadiness(replications, frame);
  Look look{titled(scenario, options, replications, drawn)};
  Result& result = look.result;
  result.duration_s = core::to_seconds(frame.duration);
  if (steady.first_window > 0)
    result.warmup_s = core::to_seconds(replications.front().recording.ends[steady.first_window - 1]);
  const std::vector<Stretch> kept = stretches(replications, steady);
  result.figures = figures(kept);
  const bool precise = is_precise(result, options.stopping);
  const auto paired = static_cast<std::size_t>(options.stopping.min);
  const std::vector<Stretch> of_draws = result.draws > 0 ? stretches(drawn, steady) : std::vector<Stretch>{};
  if (result.draws > 0) add_calibration_spread(result.figures, figures(of_draws), paired);
  add_index_figures(scenario, result);
  result.profile = profile(replications, kept);
  add_peaks(scenario.slos, kept, result.figures);
  std::vector<Slo> not_modelled;
  result.rising = rising_stocks(scenario, replications, steady);
  result.slos = judge_slos(scenario, result, {kept, of_draws, paired}, not_modelled);
  add_alerts(scenario, replications, result, not_modelled);
  result.budgets = budgets(scenario, kept);
  result.verdict = verdict(result.slos, !steady.growing);
  look.answered = is_answered(result, options, precise);
  std::vector<Warning> of_run = run_warnings(result, steady, options, look.answered);
  add_unjudged(scenario, not_modelled, replications, steady, of_run);
  result.warnings.insert(result.warnings.begin(), of_run.begin(), of_run.end());
  for (Warning& warning : outside_calibration(scenario, result)) result.warnings.push_back(std::move(warning));
  result.laws = held_against_laws({scenario, result, kept}, !steady.growing && !steady.moving);
  for (Warning& warning : law_warnings(result.laws)) result.warnings.push_back(std::move(warning));
  result.calibration = check_calibration(scenario, result);
  for (Warning& warning : connection_warnings(scenario, &result)) result.warnings.push_back(std::move(warning));
  for (Warning& warning : not_simulated(scenario)) result.warnings.push_back(std::move(warning));
  return look;
}

}  // namespace capplan::plan
