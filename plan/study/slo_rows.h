#pragma once
// The SLOs of a scenario, judged: percentiles of latencies over all attempts, means undecided where more than 1 % fail,
// nothing decided that rests on a stock which still rises, and what fails named beside what it does not count.

#include <vector>

#include "plan/study/result.h"
#include "plan/study/summary.h"

namespace capplan::plan {

/// What a run's SLOs are judged by: the stretches of its replications, and of its draws, of which draw d ran on the
/// random numbers of replication d mod `paired`.
struct Judged {
  const std::vector<Stretch>& kept;
  const std::vector<Stretch>& drawn;
  std::size_t paired = 1;
};

/// A row for each SLO of the scenario, in order. Those that nothing measures go to `not_modelled`, and have no row if
/// they come from a preset. `result` has its figures, and the stocks that rise.
std::vector<SloResult> judge_slos(const Scenario& scenario, const Result& result, const Judged& judged,
                                  std::vector<Slo>& not_modelled);

}  // namespace capplan::plan
