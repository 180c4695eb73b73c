#pragma once
// Laws of queueing beside an answer, in words: few lines under the tables, and all of them as a table for pages.

#include "plan/report/report.h"
#include "plan/study/result.h"

namespace capplan::plan {

/// What the laws say of the busiest resource, and those that disagree or are far off; empty where nothing is to be
/// said.
Block laws_block(const Result& result);
/// Every law at every place.
Block all_laws_block(const Result& result);

}  // namespace capplan::plan
