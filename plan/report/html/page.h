#pragma once
// The report as one HTML page that needs nothing else: tables, charts, and the answer itself, which can be read back.

#include <optional>
#include <string>
#include <string_view>

#include "plan/decide/index_plan.h"
#include "plan/decide/rules.h"
#include "plan/fit/drift.h"
#include "plan/fit/validation.h"
#include "plan/study/compare.h"
#include "plan/study/hit_curve.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// Whether this program was built with the charts' script.
bool has_charts();

/// The same bytes for the same result: no time, no place, no machine is in it.
std::string html(const Result& result, bool with_charts = has_charts());
std::string html(const Sweep& sweep, bool with_charts = has_charts());
std::string html(const IndexPlans& plans, bool with_charts = has_charts());
std::string html(const Rules& rules, bool with_charts = has_charts());
std::string html(const HitCurves& curves, bool with_charts = has_charts());
std::string html(const Comparison& comparison, bool with_charts = has_charts());
std::string html(const Validation& validation, bool with_charts = has_charts());
std::string html(const Drift& drift, bool with_charts = has_charts());

}  // namespace capplan::plan
