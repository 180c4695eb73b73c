#pragma once
// Plans as tables: by class of statements the time and the blocks of one execution, by kind of node where the time
// went.

#include "plan/capture/inspection.h"
#include "plan/capture/plans_json.h"

namespace capplan::plan {

void tabulate(const PlanSummary& plans, Inspection& into);

}  // namespace capplan::plan
