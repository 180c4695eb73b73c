// A request that failed is bad; so is one that took longer than the budget's latency, or was inside for longer when the
// run ended, counted to the width of a histogram's bucket (under 1 % of the latency). Where none was bad, the share has
// Wilson's bound all the same.

#include "plan/study/budgets.h"

#include <memory>

#include "core/interval.h"
#include "plan/study/attempts.h"

namespace capplan::plan {

namespace {

using core::Estimate;

double length_of(const Stretch& s) {
  const auto& ends = s.recording->ends;
  return core::to_seconds(ends[s.last - 1] - (s.first == 0 ? 0 : ends[s.first - 1]));
}

Estimate scaled(Estimate e, double factor) { return {e.value * factor, e.lo * factor, e.hi * factor, e.known}; }

}  // namespace

Ended ended(const Stretch& s, const std::string& request, core::Nanos latency) {
  Ended total;
  const core::Recording& recording = *s.recording;
  auto sample = std::make_unique<core::Histogram>();
  double late = 0;
  for (std::size_t m = 0; m < recording.meters.size(); ++m) {
    const auto& path = recording.meters[m].path;
    if (path.size() != 3 || path[0] != "requests" || (request != "all" && path[1] != request)) continue;
    for (std::size_t w = s.first; w < s.last; ++w) {
      if (path[2] == "completed_per_s") total.all += recording.scalars[m][w];
      if (path[2] == "error_ratio") {
        total.all += recording.scalars[m][w];
        total.bad += recording.scalars[m][w];
      }
      if (path[2] == "latency_s" && latency > 0) sample->merge(recording.histograms[m][w]);
    }
    if (path[2] == "latency_s" && latency > 0 && s.last == recording.ends.size())
      late += late_inside(recording, m, latency);
  }
  total.all += late;
  total.bad += late + sample->share_above(latency) * static_cast<double>(sample->count());
  return total;
}

std::vector<BudgetResult> budgets(const Scenario& scenario, const std::vector<Stretch>& kept) {
  std::vector<BudgetResult> results;
  for (const models::Section& section : scenario.sections) {
    if (section.spec->section != "budget") continue;
    const models::Params& p = section.params;
    BudgetResult budget;
    budget.name = section.name;
    budget.request = p.has("request") ? p.text("request").substr(8) : "all";
    budget.objective = p.number("objective");
    const core::Nanos latency = p.has("latency") ? p.duration("latency") : 0;
    budget.latency_s = static_cast<double>(latency) / 1e9;
    budget.period_s = static_cast<double>(p.duration("period")) / 1e9;
    std::vector<double> shares;
    Ended total;
    double seconds = 0;
    for (const Stretch& stretch : kept) {
      const Ended here = ended(stretch, budget.request, latency);
      if (here.all > 0) shares.push_back(here.bad / here.all);
      total.bad += here.bad;
      total.all += here.all;
      seconds += length_of(stretch) / static_cast<double>(kept.size());
    }
    if (shares.size() == kept.size()) budget.bad = core::mean_interval(shares);
    if (total.bad == 0 && total.all > 0)
      budget.bad = core::proportion_interval(0, static_cast<std::uint64_t>(total.all));
    budget.bad.lo = std::max(budget.bad.lo, 0.0);
    budget.burn = scaled(budget.bad, 1 / (1 - budget.objective));
    budget.consumed = scaled(budget.burn, seconds / budget.period_s);
    results.push_back(std::move(budget));
  }
  return results;
}

}  // namespace capplan::plan
