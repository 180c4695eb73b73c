#pragma once
// Results as JSON: the output contract, and what the store keeps. Writing and reading back give the same result.

#include <optional>
#include <string>

#include "plan/study/sweep.h"

namespace capplan::plan {

/// `{"schema": "capplan.result/1", …}`; `indent` < 0 for one line.
std::string to_json(const Result& result, int indent = 2);
/// Reads what to_json wrote. Throws core::InputError naming `file` for anything else.
Result result_from_json(const std::string& text, const std::string& file);

/// `{"schema": "capplan.sweep/1", "axes": […], "points": […], "smallest": […]}`.
std::string to_json(const Sweep& sweep, int indent = 2);
/// Reads the same back, without the axes' raw values; nothing for a text that is no sweep. Throws core::InputError for a
/// damaged one.
std::optional<Sweep> sweep_from_json(const std::string& text, const std::string& file);

}  // namespace capplan::plan
