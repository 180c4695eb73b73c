#pragma once
// Whether two captures have the same mix of classes. Source: Pearson's chi-square of two samples, counts divided by
// their design effects (Rao and Scott 1981), which are estimated and so make it Fisher's F. Limits: classes of fewer
// than five requests to be expected count as one.

#include "plan/fit/drift.h"

namespace capplan::plan {

/// The share that changed most, the test of all, and how many of the requests belong to other classes. A mix matters
/// from half of `margin` on.
DriftLine mix_line(const CaptureBaseline& from, const CaptureBaseline& to, double margin);

/// Its verdict, once its p-value is adjusted.
void judge_mix(DriftLine& line);

}  // namespace capplan::plan
