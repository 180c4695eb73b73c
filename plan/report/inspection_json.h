#pragma once
// Inspections as "capplan.inspection/1": {"schema", "files": [{"file", "kind", "says", "warnings", "tables": {KEY:
// [{label: word, column: figure}]}}]}, in base units. A figure with an interval is {"value", "lo", "hi"}, one without a
// number, one that is not known null.

#include <string>
#include <vector>

#include "plan/report/inspection.h"

namespace capplan::plan {

std::string to_json(const std::vector<Inspection>& inspections, int indent = 2);

}  // namespace capplan::plan
