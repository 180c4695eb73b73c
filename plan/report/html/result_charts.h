#pragma once
// The charts of results, sweeps and comparisons: what is drawn, and in which words. Nothing is drawn that the answer
// does not hold.

#include "plan/decide/index_plan.h"
#include "plan/fit/validation.h"
#include "plan/report/html/chart.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

/// "pool app", "server primary CPU", "bouncer main CPU": what a figure of use, waiters or hits is of.
std::string resource_name(const Path& path);

/// How near each SLO is to its limit; without series if there is none with a known figure.
Chart slo_chart(const Result& result);
/// Latency over the share of requests, in nines.
Chart spectrum_chart(const Result& result);
/// The share of each stage, of all requests and of those about a percentile.
Chart stages_chart(const Result& result);
/// How busy every resource is, with the limits that SLOs set.
Chart utilization_chart(const Result& result);
/// Where a scenario stands as a share of the most that its calibration's captures covered.
Chart covered_chart(const CalibrationCheck& check);
/// Rate, latency, waiters, use and hits window by window, the warm-up shaded.
std::vector<Chart> time_charts(const Result& result);

/// Searches a second over recall, for one index at one number of rows.
Chart tradeoff_chart(const IndexPlan& plan, const IndexAtRows& at);
/// Every figure's change from A to B as a share of A's value; without series if the two share no figure.
Chart change_chart(const Comparison& comparison);

/// Predicted over measured, less 1, of every figure that a validation compared, with its interval.
std::vector<Chart> validation_charts(const Validation& validation);

/// What a sweep found of each SLO (of p99 where none is stated), over one axis, two, or more.
std::vector<Chart> sweep_charts(const Sweep& sweep);

}  // namespace capplan::plan
