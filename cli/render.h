#pragma once
// Results, sweeps, plans of indexes and comparisons in every format that can be written. A comparison has no page.

#include <string>

#include "cli/output.h"
#include "plan/study/compare.h"
#include "plan/study/index_plan.h"
#include "plan/study/sweep.h"

namespace capplan::cli {

std::string rendered(const plan::Result& result, Format format, const plan::TableOptions& options);
std::string rendered(const plan::Sweep& sweep, Format format, const plan::TableOptions& options);
std::string rendered(const plan::IndexPlans& plans, Format format, const plan::TableOptions& options);
/// Of a comparison, which OutputFlags::has_page keeps from being asked for as a page.
std::string rendered(const plan::Comparison& comparison, Format format, const plan::TableOptions& options);

}  // namespace capplan::cli
