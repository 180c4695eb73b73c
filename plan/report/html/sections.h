#pragma once
// The sections of a page in the order in which they are read: the answer, what it rests upon, where it comes from.

#include <string>

#include "plan/decide/index_plan.h"
#include "plan/decide/rules.h"
#include "plan/fit/drift.h"
#include "plan/fit/validation.h"
#include "plan/study/compare.h"
#include "plan/study/hit_curve.h"
#include "plan/study/sweep.h"

namespace capplan::plan {

std::string sections(const Result& result);
std::string sections(const Sweep& sweep);
std::string sections(const IndexPlans& plans);
std::string sections(const Rules& rules);
std::string sections(const HitCurves& curves);
std::string sections(const Comparison& comparison);
std::string sections(const Validation& validation);
std::string sections(const Drift& drift);

}  // namespace capplan::plan
