#pragma once
// Estimates as people read them: three significant digits with a unit, and the interval beside in the same unit.

#include <string>
#include <vector>

#include "core/estimate.h"
#include "core/figure_spec.h"
#include "plan/format/text_layout.h"
#include "plan/study/result.h"

namespace capplan::plan {

using core::Unit;

/// "41.2ms", "1.25k/s", "12.5%", "12.3k".
std::string compact(double value, Unit unit);

/// {"41.2ms", "±1.1"}: the half width in the unit and to the digits of the value. {"1.2ms", "0.9ms..1.9ms"} where
/// one side is half as long again as the other. {"-", ""} for what is not known. A
/// zero that only might be none has its upper bound beside: {"0%", "<0.04%"}.
Cell cell(const core::Estimate& estimate, Unit unit);

using Path = std::vector<std::string>;

/// What the figure at a path is of: "search", "pool app".
std::string subject_of(const Path& path);
/// Which of its figures it is: "p95", "errors", "wait p95", "CPU"; of one that is not known what its path says.
std::string word_of(const Path& path);
/// A rate whose word says "/s" is a count.
Unit unit_of(const Path& path);

/// The same for a difference: {"+12.3ms", "±2.1"}.
Cell signed_cell(const core::Estimate& difference, Unit unit);
/// A difference as a share of what it is from: {"-12.3%", "±2.1"}, and from ten times on {"×18.4", "±0.7"}.
Cell change_cell(const core::Estimate& relative);

/// {"0.97", "0.91..0.99"}: a probability, never rounded up to certainty.
Cell probability_cell(const core::Estimate& probability);

/// What an SLO measured: {"41.2ms", "±1.1"}, or {"never (12% fail)"}.
Cell measured_cell(const SloResult& slo);

/// The unit in which a condition on a target, such as "p95 < 100ms" on "search", is written.
Unit unit_of_condition(const std::string& target, const std::string& condition, double limit);

}  // namespace capplan::plan
