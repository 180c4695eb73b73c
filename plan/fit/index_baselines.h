#pragma once
// Two simple ways to predict the latency of vector searches, for the law to be compared with. Both are fitted for each
// kind of index by itself, and for exact searches:
//   planner   latency = a + b x tuples, tuples as pgvector's planner counts them: hnsw.c (hnswcostestimate) for HNSW,
//             lists + rows x probes / lists for IVFFlat, all rows for an exact search;
//   log-linear    ln latency, linear in the logarithms of every input of the kind.
// Limits: a kind with too few samples, or none that differ, is not predicted.

#include <optional>
#include <vector>

#include "plan/fit/law_fit.h"

namespace capplan::plan {

enum class Baseline { planner, log_linear };

/// Seconds for each sample of `asked`, from those of `given` that have a latency; nothing where they are too few.
std::vector<std::optional<double>> baseline_latencies(Baseline baseline, const std::vector<IndexSample>& given,
                                                      const std::vector<IndexSample>& asked);

}  // namespace capplan::plan
