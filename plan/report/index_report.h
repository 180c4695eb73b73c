#pragma once
// The plan of indexes as a report (text, markdown), CSV, JSON and a page.

#include <string>

#include "plan/decide/index_plan.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

Report report(const IndexPlans& plans);

PageContent page_of(const IndexPlans& plans);
/// One row for each index, number of rows and setting.
std::string csv(const IndexPlans& plans);
/// `{"schema": "capplan.index/1", "scenario": "…", "indexes": […]}`, in base units.
std::string to_json(const IndexPlans& plans, int indent = 2);

}  // namespace capplan::plan
