#include "plan/study/point_runs.h"

#include <algorithm>

#include "plan/study/summary.h"

namespace capplan::plan {

PointRuns::PointRuns(Scenario scenario, const RunOptions& options, bool whole)
    : scenario_(std::make_shared<const Scenario>(std::move(scenario))), options_(options), whole_(whole) {
  drawn_.resize(scenario_->draws.size());
  target_ = draws() + options.stopping.min;
}

void PointRuns::want(int replications) { target_ = std::max(target_, draws() + replications); }

int PointRuns::issue(int most) {
  issued_ = std::min(target_, issued_ + most);
  replications_.resize(static_cast<std::size_t>(std::max(0, issued_ - draws())));
  there_.resize(replications_.size());
  return issued_;
}

Simulation PointRuns::simulation(int first, int last) const {
  return {scenario_, options_.seed, first, last, options_.stopping.min, cut_};
}

void PointRuns::take(int first, Batch batch) {
  for (Replication& run : batch) {
    if (first < draws()) {
      drawn_[static_cast<std::size_t>(first)] = std::move(run);
    } else {
      const auto index = static_cast<std::size_t>(first - draws());
      replications_[index] = std::move(run);
      there_[index] = true;
    }
    ++first;
    ++done_;
  }
  settle();
}

void PointRuns::settle() {
  if (whole_) return;
  const auto first = static_cast<std::size_t>(cut_replications);
  if (!cut_) {
    if (there_.size() < first ||
        std::find(there_.begin(), there_.begin() + cut_replications, false) != there_.begin() + cut_replications)
      return;
    cut_ = find_steadiness(std::span(replications_).first(first), frame_of(*scenario_)).first_window;
  }
  // Those that were begun before it was settled have all their windows.
  for (std::size_t r = first; r < replications_.size(); ++r)
    if (there_[r]) plan::reduce(replications_[r], *cut_);
  for (std::size_t d = 0; d < drawn_.size(); ++d)
    if (d % static_cast<std::size_t>(options_.stopping.min) >= first && !drawn_[d].recording.ends.empty())
      plan::reduce(drawn_[d], *cut_);
}

Look PointRuns::look() const { return plan::look(*scenario_, options_, replications_, drawn_); }

std::optional<Result> PointRuns::so_far() const {
  const auto leading = static_cast<std::size_t>(std::find(there_.begin(), there_.end(), false) - there_.begin());
  if (draws() > 0 || leading < 2) return std::nullopt;
  return plan::look(*scenario_, options_, std::span(replications_).first(leading), {}).result;
}

}  // namespace capplan::plan
