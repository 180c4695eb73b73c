#pragma once
// The interval of a mean whose values lean to one side, as the percentiles of a queue's latencies do. Student's
// interval is then too short on the side of the long tail, and says "met" of a limit that is not. Source: Hall, "On the
// removal of skewness by transformation", JRSS B 1992, with Student's quantiles. Limit: a handful of values know little
// of their own skewness; below eight the interval is left as it is.

#include <span>

#include "core/estimate.h"

namespace capplan::core {

/// The estimate with each side of its interval at least as far as Hall's interval of the values reaches from their
/// mean, at a `confidence` in (0, 1).
Estimate with_skewness(Estimate estimate, std::span<const double> values, double confidence);

}  // namespace capplan::core
