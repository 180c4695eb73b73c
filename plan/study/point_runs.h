#pragma once
// The runs of one point of an experiment: which were given out, which are there, and how many are wanted.

#include <memory>
#include <optional>
#include <vector>

#include "plan/study/look.h"

namespace capplan::plan {

class PointRuns {
 public:
  /// `whole`: nothing is cut off.
  PointRuns(Scenario scenario, const RunOptions& options, bool whole);

  /// Runs are numbered as in Simulation.
  bool all_issued() const { return issued_ == target_; }
  bool complete() const { return done_ == target_; }
  bool resting() const { return done_ == issued_; }  ///< nothing of it is being computed
  bool has_replications() const { return done_ > draws(); }
  int issued() const { return issued_; }
  int replications() const { return target_ - draws(); }  ///< wanted
  double share_done() const { return static_cast<double>(done_) / target_; }

  /// Wants that number of replications in all; fewer than there are changes nothing.
  void want(int replications);
  /// Gives out the next runs, at most `most`: returns the first that is not among them.
  int issue(int most);
  Simulation simulation(int first, int last) const;
  void take(int first, Batch batch);

  /// Of all that was given out, once that is there.
  Look look() const;
  /// The same as they were measured, in their order.
  const Batch& measured() const { return replications_; }
  /// Of the leading replications that are there, two or more; nothing where there are less, or there are draws.
  std::optional<Result> so_far() const;

 private:
  /// Once the first replications are there: how much is cut off, from here on, of all others.
  void settle();
  int draws() const { return static_cast<int>(scenario_->draws.size()); }

  std::shared_ptr<const Scenario> scenario_;
  const RunOptions& options_;
  bool whole_;
  int target_ = 0;
  int issued_ = 0;
  int done_ = 0;
  std::vector<Replication> drawn_;
  Batch replications_;
  std::vector<bool> there_;  ///< of the replications
  std::optional<std::size_t> cut_;
};

}  // namespace capplan::plan
