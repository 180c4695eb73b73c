#pragma once
// The plan of indexes as text, markdown, CSV and JSON; its page is html/page.h's.

#include <string>

#include "plan/decide/index_plan.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

Report report(const IndexPlans& plans);

std::string text_table(const IndexPlans& plans, const TableOptions& options = {});
std::string markdown(const IndexPlans& plans);
/// One row for each index, number of rows and setting.
std::string csv(const IndexPlans& plans);
/// `{"schema": "capplan.index/1", "scenario": "…", "indexes": […]}`, in base units.
std::string to_json(const IndexPlans& plans, int indent = 2);

}  // namespace capplan::plan
