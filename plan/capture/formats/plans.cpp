// Plans of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON). Source and limits: plan/capture/plans_json.h.

#include <fmt/format.h>

#include <algorithm>

#include "plan/capture/format_spec.h"
#include "plan/capture/inspected_plans.h"
#include "plan/capture/inspected_rows.h"

namespace capplan::plan {

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

namespace {

void inspect_plans(const std::string& file, const InspectOptions&, Inspection& into) {
  tabulate(read_explained_plans(file), into);
}

/// Tables of EXPLAIN stand in a list, with what psql puts around them.
Likeness plans_likeness(const FileSample& sample) {
  const std::string_view text = sample.text;
  const std::size_t list = text.find('['), plan = text.find("\"Plan\":");
  Likeness likeness{0, "a list of tables with \"Plan\": EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"};
  if (plan == std::string_view::npos) return likeness;
  likeness.share = 0.25;
  if (list < plan && text.find_first_not_of(" \t\r\n+", list + 1) == text.find('{', list)) likeness.share = 1;
  return likeness;
}

}  // namespace

CaptureFormat plans_format();

CaptureFormat plans_format() {
  return {.name = "plans",
          .title = "plans of PostgreSQL",
          .made_by = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)",
          .holds = "time, rows and blocks of executions, and of each kind of node",
          .likeness = plans_likeness,
          .inspect = inspect_plans};
}

}  // namespace capplan::plan
