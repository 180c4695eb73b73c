#pragma once
// The law of vector search: a few coefficients that turn the shape of an index into pages touched, time and recall. All
// index kinds share what they share: the loop to the client, the time per dimension, the processor's cache. Each
// coefficient has a prior (value and spread), so that a law exists before anything was measured and a fit to few
// samples stays sensible; a fit (law_fit.h) replaces values and narrows spreads. Sources of form: pgvector
// src/hnswutils.c (HnswSearchLayer), src/ivfscan.c (GetScanLists, GetScanItems); of priors: the speed of one core at 3
// GHz, and grids of own measurements on made-up vectors (data/index_samples/measure.py), see
// docs/decisions/007-index-law.md. Limits: one client on a warm cache; what caches do to it is search_cost.h's.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace capplan::models {

/// Which coefficient is where in a law.
enum LawTerm : std::size_t {
  round_trip,
  host,
  parse,
  graph_start,
  graph_page,
  graph_miss,
  list_centre,
  list_row,
  list_miss,
  scan_row,
  detoast,
  dimension,
  dimension_miss,
  processor_cache,  // time
  descent,
  descent_m,
  step,
  step_m,
  step_choice,
  step_ef,
  step_rows,
  step_rise,
  step_rise_at,  // pages of HNSW
  list_skew,     // of IVFFlat
  graph_recall,
  graph_recall_ef,
  graph_recall_m,
  graph_recall_build,
  graph_recall_rows,
  graph_recall_dimensions,
  list_recall,
  list_recall_probes,
  list_recall_lists,
  list_recall_rows,
  list_recall_rest,  // recall
  law_terms
};

using LawValues = std::array<double, law_terms>;

/// One coefficient: `positive` ones are held as natural logarithms, so are their spreads.
struct LawCoefficient {
  const char* name;
  double prior;   ///< in its unit
  double spread;  ///< standard deviation of the prior: of the logarithm where positive
  bool positive;
  const char* unit;
  const char* help;
};

/// All coefficients, in the order of LawTerm.
const std::array<LawCoefficient, law_terms>& law_coefficients();

/// A range of one input that was seen in samples; lo > hi where none was.
struct SeenRange {
  double lo = 1;
  double hi = 0;
  bool empty() const { return lo > hi; }
  void take(double x) {
    if (empty()) lo = hi = x;
    lo = x < lo ? x : lo;
    hi = x > hi ? x : hi;
  }
};

/// The inputs of one index kind that were seen when the law was fitted.
struct SeenIndex {
  SeenRange rows, dimensions, m, ef_construction, ef_search, lists, probes;
};

struct IndexLaw {
  LawValues at{};                                          ///< held values (logarithms where positive)
  std::array<double, law_terms * law_terms> covariance{};  ///< of the held values, row by row
  double latency_residual = 0.20;  ///< what the law leaves, as a standard deviation of ln latency
  double pages_residual = 0.20;    ///< of ln pages
  double recall_residual = 0.03;   ///< of recall itself
  double dispersion = 0.18;        ///< of ln latency from query to query at one setting
  int samples = 0;                 ///< 0: nothing but priors
  SeenIndex hnsw, ivfflat, flat;

  /// A coefficient in its unit.
  double value(LawTerm term) const;
};

/// The law before anything was measured.
IndexLaw prior_law();

}  // namespace capplan::models
