#pragma once
// One condition of [slo] or of an alert: "wait_p95 < 50ms" of a target. What can be asked, and in which unit, follows
// from the specs of the figures (figure_specs.h).

#include <string>
#include <vector>

#include "plan/scenario/scenario.h"

namespace capplan::plan {

/// One target: the section word that says which figures it has.
struct ConditionTarget {
  std::string name, key, section;
  bool searches = false;  ///< some index, so that there is a recall
  bool numbered = false;  ///< one of several equal ones: "server.replica.1"
};

/// Reads "METRIC < VALUE" or "METRIC > VALUE"; `<=` and `>=` are taken for `<` and `>`: a measured figure is never
/// exactly on its limit. `= 0` asks that what is counted was never seen. A latency's condition may end with "over
/// completed": else a request that fails counts as one that is never answered. What is wrong goes to `problems`.
void read_condition(const ConditionTarget& target, const models::Value& value, std::vector<Slo>& slos,
                    std::vector<core::Problem>& problems);

/// Without spaces at either end.
std::string trimmed(std::string text);

/// The metric of a condition: "p99" of "p(99) < 60ms".
std::string metric_of(const std::string& condition);

/// What the limit of a target's metric is written in. A count may be limited by a share of a setting, up to 1.
core::Unit limit_unit(const std::string& target, const std::string& metric, double limit);

}  // namespace capplan::plan
