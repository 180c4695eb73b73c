#pragma once
// Results, sweeps, comparisons and validations in every format that can be written. The last two have no page.

#include <string>

#include "cli/output.h"
#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::cli {

std::string rendered(const plan::Result& result, Format format, const plan::TableOptions& options);
std::string rendered(const plan::Sweep& sweep, Format format, const plan::TableOptions& options);
/// Of a comparison, which OutputFlags::has_page keeps from being asked for as a page.
std::string rendered(const plan::Comparison& comparison, Format format, const plan::TableOptions& options);
/// The same of a validation.
std::string rendered(const plan::Validation& validation, Format format, const plan::TableOptions& options);

}  // namespace capplan::cli
