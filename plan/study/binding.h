#pragma once
// Which resource binds a class of requests: among the bounded resources on its way (Topology) the one that takes the
// largest share of what its tail waits. Where the tail hardly waits, the busiest one; and none below one half.
// Limits: the breakdown holds a stage and not each resource of it, so that several pools of one class share a stage by
// their own waits; of stages that contain service (disk, flush, threads) the waiting part is taken to be the
// utilization's, as in M/M/1.

#include <string>
#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

/// A bounded resource on the way of a class. Ratios are 0 to 1.
struct Binding {
  std::string resource;             ///< "pool app", "CPU of server primary"; "none"
  std::vector<std::string> figure;  ///< the path of its utilization; empty for none
  double utilization = 0;
  double wait_s = 0;  ///< of a request near the percentile
  double share = 0;   ///< of all that such a request waits
  std::string near;   ///< "p95"; "mean" where nothing is known of the tail
  std::string request;

  bool none() const { return figure.empty(); }
  friend bool operator==(const Binding&, const Binding&) = default;
};

/// The bounded resources on the way of a class ("all": of every class), the binding one first: those that take most of
/// the waiting, then the busiest. Empty where nothing bounded is on its way.
std::vector<Binding> loads_of(const Result& result, const Scenario& scenario, const std::string& request);

/// The resource that binds a class, or none.
Binding binding(const Result& result, const Scenario& scenario, const std::string& request = "all");

/// "pool app, 92% busy, 97% of what search waits near p95"; "no resource: no bounded resource is 50.0% busy".
std::string to_text(const Binding& binding);

}  // namespace capplan::plan
