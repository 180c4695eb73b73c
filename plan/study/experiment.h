#pragma once
// One experiment under every question: which runs of which points are wanted next, and what came of them. It has no
// threads and no clock of its own: whoever computes asks next(), and hands what it computed to take(), in any order.
// It decides in rounds: a round's runs depend on complete earlier rounds alone, so that it never matters who was
// faster. All points run on the same random numbers. Limit: a budget of wall clock (wind_up) ends this, on purpose.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/study/look.h"
#include "plan/study/replication.h"
#include "plan/study/run_options.h"

namespace capplan::plan {

/// Runs [first, last) of a point, numbered as in Simulation. None: the point needed no run; take() it all the same.
struct Work {
  std::size_t point = 0;
  int first = 0;
  int last = 0;
};

/// Asked when a round is complete, of the points that are decided together: how many replications each of them needs
/// in all. As many as they have, or fewer: their results stand.
using RoundRule = std::function<int(const std::vector<Look>&)>;

/// What there is of a point when its turn comes: a scenario to run, or its result, so that nothing is run.
using Turn = std::variant<Scenario, Result>;

/// What is asked: of which points, and when they have run enough.
struct Question {
  std::size_t points = 0;
  std::function<Turn(std::size_t point)> open;  ///< once a point, in their order, when there is someone to run it
  RoundRule rule;
  bool together = false;  ///< one round is over all points, and the rule sees them all; else each point has its own
  bool keep = false;      ///< what finished points ran is kept, so that more replications can be added to it
  /// Optional: each time a point that was run is finished.
  std::function<void(std::size_t point, const Result& result)> finished{};
  /// In place of results: what the replications of a point measured, with nothing cut off as warm-up. Of each point
  /// there are stopping.min, and no rule is asked.
  std::function<void(std::size_t point, const Batch& measured)> measured{};
};

class PointRuns;

class Experiment {
 public:
  /// At most `batch` runs to a Work.
  Experiment(Question question, const RunOptions& options, int batch = 1);
  ~Experiment();

  /// What to compute next; nothing where that depends on what others are computing, or all is done. May throw what
  /// `open` throws.
  std::optional<Work> next();
  /// All that it takes to compute a work that next() gave and take() has not had.
  Simulation simulation(const Work& work) const;
  void take(const Work& work, Batch batch);
  /// Every point is finished; after wind_up(), nothing is being computed any more.
  bool done() const;
  bool complete() const { return finished_ == question_.points; }

  /// Wants `replications` in all of a finished point that was kept: it is finished once more when it has them. Throws
  /// std::logic_error for a point that is not.
  void add(std::size_t point, int replications);

  /// Begins no more runs: points of which some are complete are finished as they are. The first run of all is still
  /// given out.
  void wind_up();
  /// Of the first point that is not finished: what its leading replications say, if there are two or more that are all
  /// there, and no draws.
  std::optional<Result> so_far() const;
  Progress progress() const;  ///< without the time

 private:
  using Open = std::map<std::size_t, std::shared_ptr<PointRuns>>;

  Open::iterator open_next();
  void decide();
  void decide(Open::iterator point);
  void finish(Open::iterator point, const Result& result);
  void hand_over(Open::iterator point);

  Question question_;
  RunOptions options_;
  int batch_;
  Open open_;
  Open kept_;
  std::size_t begun_ = 0;
  std::size_t finished_ = 0;
  bool winding_up_ = false;
  double events_ = 0;
  std::string latest_;
};

}  // namespace capplan::plan
