#pragma once
// What a comparison comes to, as data: which claim, and the figures it rests on.

#include "plan/study/compare.h"

namespace capplan::plan {

/// Of a comparison whose rows are judged.
Headline headline_of(const Comparison& comparison);

/// Of an SLO on both sides: met or not stated by A and missed by B; the other way round.
bool newly_missed(const SloPair& pair);
bool newly_met(const SloPair& pair);

}  // namespace capplan::plan
