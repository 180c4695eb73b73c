#pragma once
// The verdict on a comparison in words: what JSON, tables and pages say alike.

#include <string>

#include "plan/study/compare.h"

namespace capplan::plan {

/// The verdict on a comparison in one sentence: "B is faster: p95 of search falls by 12.3% ±2.1; …".
std::string in_words(const Comparison& comparison);

}  // namespace capplan::plan
