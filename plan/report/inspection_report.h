#pragma once
// What files of measurements are and hold, as text, markdown, CSV, JSON and a page. On a terminal a long table is cut,
// and so, much later, on a page; CSV and JSON have all of it.

#include "plan/capture/inspection.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

Report report(const Inspections& inspections);
/// File by file: what it is, what it holds, its tables.
std::string text_table(const Inspections& inspections, const TableOptions& options = {});
/// One row a figure: file, format, table, row, figure, value, lo, hi.
std::string csv(const Inspections& inspections);
/// {"schema": "capplan.inspection/1", "files": [{"file", "kind", "says", "warnings", "tables": {KEY: [{label: word,
/// column: figure}]}}]}, in base units. A figure with an interval is {"value", "lo", "hi"}, one without a number, one
/// that is not known null.
std::string to_json(const Inspections& inspections, int indent = 2);
PageContent page_of(const Inspections& inspections);

/// "a snapshot of pg_stat_statements": the title of a format, or of a manifest.
std::string title_of(const Inspection& inspection);

}  // namespace capplan::plan
