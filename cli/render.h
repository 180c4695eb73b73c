#pragma once
// Results in every format that can be written.

#include <string>

#include "cli/output.h"
#include "plan/study/sweep.h"

namespace capplan::cli {

std::string rendered(const plan::Result& result, Format format, const plan::TableOptions& options);
std::string rendered(const plan::Sweep& sweep, Format format, const plan::TableOptions& options);

}  // namespace capplan::cli
