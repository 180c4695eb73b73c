#pragma once
// Hit ratio over cache size as a report (text, markdown), CSV, JSON and a page.

#include <string>

#include "plan/report/html/chart.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"
#include "plan/study/hit_curve.h"

namespace capplan::plan {

Report report(const HitCurves& curves);

PageContent page_of(const HitCurves& curves);
/// One row for each request and size.
std::string csv(const HitCurves& curves);
/// `{"schema": "capplan.cache/1", "source": "…", "curves": […]}`, ratios and entries.
std::string to_json(const HitCurves& curves, int indent = 2);

Chart hit_curve_chart(const HitCurve& curve);

}  // namespace capplan::plan
