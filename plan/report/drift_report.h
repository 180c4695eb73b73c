#pragma once
// What drift has to say: one verdict in words, then a row a figure; as text, markdown, CSV, and the chart of its page.

#include <string>

#include "plan/fit/drift.h"
#include "plan/report/html/chart.h"
#include "plan/report/html/page.h"
#include "plan/report/report.h"
#include "plan/report/tables.h"

namespace capplan::plan {

/// "recalibrate, because the demand of search moved: p50 +21.3%"; "the calibration still describes steady".
std::string in_words(const Drift& drift);
std::string in_words(const CaptureDrift& drift);

Report report(const Drift& drift);
PageContent page_of(const Drift& drift);
/// One row a figure.
std::string csv(const Drift& drift);
/// {"schema": "capplan.drift/1", "verdict": ..., "captures": [{"lines": [...]}]}. Base units; null for what was not
/// measured. `indent` < 0 for one line.
std::string to_json(const Drift& drift, int indent = 2);

/// Every ratio less one, with its interval.
Chart drift_chart(const Drift& drift);

}  // namespace capplan::plan
