#pragma once
// Answers that were kept, in whatever file: a store, JSON, or a report's page.

#include <string>
#include <variant>

#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

using Answer = std::variant<Result, Sweep, Comparison>;

/// Reads a file by what is in it, whatever its name. A store becomes a sweep over the parameters in which its points
/// differ, or a result if there is but one point. Throws core::InputError naming the file.
Answer read_answer(const std::string& file);

/// A single result from such a file. Throws core::InputError naming it, for anything else too.
Result read_kept_result(const std::string& file);

}  // namespace capplan::plan
