#pragma once
// SLOs compared with figures: met or missed when the whole interval lies on one side of the limit, else undecided.

#include <optional>
#include <vector>

#include "plan/scenario/figure_specs.h"
#include "plan/study/attempts.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// The figure that a condition is about; of an error that never came zero, with its upper bound. Nothing where the
/// scenario does not model it.
std::optional<core::Estimate> measured(const Slo& slo, const Result& result);

SloResult judge(const Slo& slo, const Result& result);

/// The same of a latency's percentile over all attempts: where so many fail that it has no value, by the share that
/// fails or is late.
SloResult judge(const Slo& slo, const Attempts& attempts);

/// Of the SLOs that a probability is known of the least likely's; not known where there is none.
core::Estimate least_probability(const Result& result);

/// What the SLOs and the steadiness come to.
Verdict verdict(const std::vector<SloResult>& slos, bool steady);

}  // namespace capplan::plan
