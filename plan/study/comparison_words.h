#pragma once
// The headline of a comparison in words: what JSON, tables and pages say alike.

#include <string>

#include "plan/study/compare.h"

namespace capplan::plan {

/// The headline in one sentence, with intervals: "B is faster: p95 of search falls by 12.3% ±2.1; …".
std::string in_words(const Comparison& comparison);

/// The limit of an SLO and both sides' values: {"78ms ±3", "123ms ±4"}; "-" where a side does not state it.
std::pair<std::string, std::string> values_of(const SloPair& pair);

}  // namespace capplan::plan
