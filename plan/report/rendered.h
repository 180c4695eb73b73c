#pragma once
// An answer in every format that can be written.

#include <optional>
#include <string>

#include "plan/decide/index_plan.h"
#include "plan/decide/rules.h"
#include "plan/fit/drift.h"
#include "plan/report/tables.h"
#include "plan/study/hit_curve.h"

namespace capplan::plan {

enum class Format { table, json, csv, markdown, html };

/// Of ".txt", ".json", ".csv", ".md", ".html"; nothing for another.
std::optional<Format> format_of_extension(const std::string& extension);
/// Of "table", "json", "csv", "markdown", "html"; nothing for another.
std::optional<Format> format_of_word(const std::string& word);

/// `options` are for the table.
std::string rendered(const Result& result, Format format, const TableOptions& options = {});
std::string rendered(const Sweep& sweep, Format format, const TableOptions& options = {});
std::string rendered(const Comparison& comparison, Format format, const TableOptions& options = {});
std::string rendered(const Validation& validation, Format format, const TableOptions& options = {});
std::string rendered(const Drift& drift, Format format, const TableOptions& options = {});
std::string rendered(const IndexPlans& plans, Format format, const TableOptions& options = {});
std::string rendered(const Rules& rules, Format format, const TableOptions& options = {});
std::string rendered(const HitCurves& curves, Format format, const TableOptions& options = {});

}  // namespace capplan::plan
