#pragma once
// Results, sweeps and comparisons as JSON: the output contract, and what the store keeps. Writing a result and reading
// it back give the same.

#include <optional>
#include <string>

#include "plan/study/compare.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

inline constexpr const char* result_schema = "capplan.result/1";
inline constexpr const char* sweep_schema = "capplan.sweep/1";
inline constexpr const char* comparison_schema = "capplan.comparison/1";

/// `{"schema": "capplan.result/1", …}`; `indent` < 0 for one line. With draws of the calibration it has `draws`, each
/// figure the half widths `sampling` and `calibration` and its value under each of the `draws`, and each SLO a
/// `probability`.
std::string to_json(const Result& result, int indent = 2);
/// Reads what to_json wrote. Throws core::InputError naming `file` for anything else.
Result result_from_json(const std::string& text, const std::string& file);

/// `{"schema": "capplan.sweep/1", "axes": […], "points": […], "smallest": […]}`; `excerpt` besides where the points are
/// part of a larger grid.
std::string to_json(const Sweep& sweep, int indent = 2);
/// Reads the same back, without the axes' raw values; nothing for a text that is no sweep. Throws core::InputError for
/// a damaged one.
std::optional<Sweep> sweep_from_json(const std::string& text, const std::string& file);

/// `{"schema": "capplan.comparison/1", "verdict": "…", "a": {…}, "b": {…}, "settings": […], "figures": {…}}`.
std::string to_json(const Comparison& comparison, int indent = 2);
/// Reads the same back, its two results without their figures; nothing for a text that is no comparison. Throws
/// core::InputError for a damaged one.
std::optional<Comparison> comparison_from_json(const std::string& text, const std::string& file);

}  // namespace capplan::plan
