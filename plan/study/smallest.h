#pragma once
// The least value of an axis that meets every SLO, by how much it does, and what stands in the way where none does.
// A point of another regime is no answer: one at which the planner leaves an index that it takes at other values of the
// axis meets its SLOs in another way than was asked for.

#include <functional>
#include <string>
#include <vector>

#include "plan/study/binding.h"

namespace capplan::plan {

struct Sweep;

/// How far a figure is from the limit of its SLO.
struct SloMargin {
  std::string target;  ///< "search"
  std::string text;    ///< "p95 < 150ms"
  double limit = 0;
  core::Estimate estimate;
  Judgement judgement = Judgement::undecided;
  double headroom = 0;  ///< share of the limit that is left; below 0: it is passed; 0 where the figure is not known
  /// Met, but by less than 5 % of the limit, or by less than half the width of the interval from its end.
  bool tight = false;
  friend bool operator==(const SloMargin&, const SloMargin&) = default;
};

SloMargin margin_of(const SloResult& slo);
/// "search p95 < 150ms: 146ms ±1.2, 2.7% headroom".
std::string to_text(const SloMargin& margin);

/// For one setting of the other axes: the least value of a costing axis that meets every SLO.
struct Smallest {
  std::vector<std::string> others;   ///< "workload.api.rate = 100/s", one for each other axis
  std::string key;                   ///< "pool.codebase.size"
  std::string label;                 ///< empty: no value of the axis meets them
  bool undecided_below = false;      ///< a smaller value might, at a better precision
  std::string measured_at{};         ///< the value that what follows is of: the label's, or the one that comes nearest
  std::vector<SloMargin> margins{};  ///< the SLO with the least headroom; where none meets, each that stands in the way
  Binding binding{};                 ///< of the class of the first margin; a request's is empty where none was sought
  std::vector<std::string> other_regime{};  ///< values that were not accepted
  friend bool operator==(const Smallest&, const Smallest&) = default;
};

/// The indexes that the planner leaves for more than half of the searches that could take them.
std::vector<std::string> left_indexes(const Result& result);

/// For each setting of the other axes, the least value of a costing axis that meets the SLOs; nothing while one of its
/// points is not done. `scenario_at` makes the scenario of a point, for the few that are named.
std::vector<Smallest> find_smallest(const Sweep& sweep, const std::function<Scenario(std::size_t)>& scenario_at);

}  // namespace capplan::plan
