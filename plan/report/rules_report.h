#pragma once
// The rules of thumb as a report (text, markdown), CSV, JSON and a page.

#include <string>

#include "plan/decide/rules.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

Report report(const Rules& rules);

/// What following a rule changes, in words; or why it was not tried.
std::string finding(const Rule& rule);

PageContent page_of(const Rules& rules);
/// One row a setting: guide, rule, basis, key, own, rule's value, finding.
std::string csv(const Rules& rules);
/// `{"schema": "capplan.rules/1", "scenario": "…", "rules": […]}`; figures are those that differ, in base units.
std::string to_json(const Rules& rules, int indent = 2);

}  // namespace capplan::plan
