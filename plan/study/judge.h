#pragma once
// SLOs held against figures: met or missed when the whole interval lies on one side of the limit, else undecided.

#include <vector>

#include "plan/study/result.h"

namespace capplan::plan {

/// Where a condition's metric stands among the figures: "search" p95 -> requests / search / latency_s / p95.
std::vector<std::string> figure_path(const std::string& target, const std::string& metric);

/// The inverse for its first two parts: what a figure is about, in the words of [slo]; empty for none of these.
std::string target_of(const std::vector<std::string>& path);

/// Whether there is such a figure at all, known or not.
bool is_modelled(const Slo& slo, const Result& result);

SloResult judge(const Slo& slo, const Result& result);

/// Of the SLOs that a probability is known of the least likely's; not known where there is none.
core::Estimate least_probability(const Result& result);

/// What the SLOs and the steadiness come to.
Verdict verdict(const std::vector<SloResult>& slos, bool steady);

}  // namespace capplan::plan
