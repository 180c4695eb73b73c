#pragma once
// When a result has run enough: what was asked for steers the work. Stated SLOs do; without any, the precision of the
// usual figures does. Looking often finds an SLO met or missed by chance sooner or later, so that at a look before the
// last one an SLO is decided only where its 99.9 % interval clears the limit (Haybittle 1971, Peto 1976), which leaves
// the 95 % of the last look nearly whole.

#include "plan/study/run_options.h"

namespace capplan::plan {

/// Whether every SLO is decided whatever more replications bring: its 99.9 % interval clears the limit. By chance
/// alone, without what a calibration leaves open. True without SLOs.
bool all_decided(const Result& result);

/// Whether p50, p95, p99, throughput and errors over all requests are as narrow as the rule asks; errors also where
/// their half width is within a tenth of a point. A percentile that these replications do not carry may be carried by
/// more.
bool is_precise(const Result& result, const core::StoppingRule& rule);

/// Whether no more replications are needed: all SLOs are decided; where there is none, or a precision was asked for,
/// the usual figures are precise. `precise` is what is_precise() said before the calibration's part was added.
bool is_answered(const Result& result, const RunOptions& options, bool precise);

}  // namespace capplan::plan
