// What plans hold, as tables: by class of statements the time and the blocks of one execution, by kind of node where
// the time went.

#include <fmt/format.h>

#include "plan/report/inspected_tables.h"

namespace capplan::plan {

namespace {

core::Estimate exact(const std::optional<double>& x) { return x ? core::Estimate{*x, *x, *x, true} : core::Estimate{}; }

core::Estimate mean_of(const Moments& m) {
  const core::Estimate sampled = m.mean_estimate();
  return sampled.known ? sampled : exact(m.mean());
}

}  // namespace

void tabulate(const PlanSummary& plans, Inspection& into) {
  InspectedTable classes{"plans",
                         "plans, of one execution",
                         {"class"},
                         {{"plans", "plans"}, {"mean_s", "mean", Unit::seconds, true}, {"max_s", "max", Unit::seconds}},
                         {}};
  for (const InspectedColumn& column : block_columns()) classes.columns.push_back(column);
  double seconds = 0;
  for (const PlanStats& s : plans.classes) {
    InspectedTable::Row row{{s.name}, {exact(s.duration.count), mean_of(s.duration), exact(s.duration.most)}};
    for (const auto& total : s.total)
      row.figures.push_back(exact(total ? std::optional(*total / s.duration.count) : total));
    classes.rows.push_back(std::move(row));
    seconds += s.duration.sum;
  }
  InspectedTable nodes{"plan_nodes",
                       "where the time of the plans went: nodes, without what is below them",
                       {"node"},
                       {{"nodes", "nodes"},
                        {"loops", "loops"},
                        {"own_s", "own time", Unit::seconds},
                        {"share", "of the time", Unit::ratio}},
                       {}};
  for (const PlanNodeStats& n : plans.nodes)
    nodes.rows.push_back({{n.name},
                          {exact(n.nodes), exact(n.loops), exact(n.own_seconds),
                           exact(seconds > 0 ? std::optional(n.own_seconds / seconds) : std::nullopt)}});
  if (into.says.empty()) into.says = fmt::format("{} plan{} as they ran", plans.plans, plans.plans == 1 ? "" : "s");
  into.tables.push_back(std::move(classes));
  into.tables.push_back(std::move(nodes));
  into.warnings.insert(into.warnings.end(), plans.warnings.begin(), plans.warnings.end());
}

}  // namespace capplan::plan
