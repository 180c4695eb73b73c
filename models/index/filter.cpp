#include "models/index/filter.h"

#include <algorithm>
#include <cmath>

namespace capplan::models {

namespace {

/// Under a filter the nearest `limit` rows lie deeper: recall is that of ef_search times selectivity to this power. It
/// was 0.2 for evenly spread vectors and up to 0.8 where they lie beyond a cluster; 0.4 for one published recall of 1 M
/// embeddings (0.951 at 10 % and ef_search 280, paradedb PR 5490).
constexpr core::Estimate depth_power = {0.35, 0.2, 0.8, true};

core::Estimate width_under(double emitted, double selectivity) {
  const auto width = [&](double power) { return std::max(1.0, emitted * std::pow(selectivity, power)); };
  return {width(depth_power.value), width(depth_power.hi), width(depth_power.lo), true};
}

/// Of what relaxed_order finds in its further passes, strict_order leaves out what is nearer than a row given out: it
/// kept 0.72 to 0.97 (recall of 0.96 became 0.92 in pgvector #678). It visits 5 to 18 % more for that, not counted
/// here.
constexpr double strict_keeps = 0.85;

/// The ef_search with which so many elements are visited, from lo to hi.
double ef_that_visits(double elements, double lo, double hi, const VisitedBy& visited) {
  for (int i = 0; i < 60 && hi - lo > 0.5; ++i) {
    const double middle = (lo + hi) / 2;
    (visited(middle) < elements ? lo : hi) = middle;
  }
  return (lo + hi) / 2;
}

}  // namespace

double expected_rows(double candidates, double selectivity, int limit) {
  const double mean = candidates * selectivity;
  const double spread = std::sqrt(mean * (1 - selectivity));
  if (selectivity >= 1 || spread < 1e-9) return std::min<double>(mean, limit);
  if (candidates > 2000) {  // E min(k, X) of a normal X
    const double z = (limit - mean) / spread;
    const double below = 0.5 * std::erfc(-z / std::sqrt(2.0));
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
    return std::clamp(limit - (limit - mean) * below - spread * density, 0.0, static_cast<double>(limit));
  }
  const int n = static_cast<int>(std::lround(candidates));
  double sum = 0, below = 0;
  for (int x = 0; x < limit && x <= n; ++x) {
    const double p = std::exp(std::lgamma(n + 1.0) - std::lgamma(x + 1.0) - std::lgamma(n - x + 1.0) +
                              x * std::log(selectivity) + (n - x) * std::log1p(-selectivity));
    sum += x * p;
    below += p;
  }
  return sum + limit * std::max(0.0, 1 - below);
}

FilteredSearch filtered_hnsw(double rows, int ef_search, int limit, const VisitedBy& visited, const Filter& filter,
                             const ScanLimits& limits) {
  FilteredSearch answer;
  const double s = filter.selectivity;
  const double first = std::min<double>(ef_search, rows);
  const double first_visited = std::max(visited(first), first);
  const double needed = std::min(rows, limit / s);
  answer.tuples_visited = first_visited;
  answer.rows_returned = expected_rows(first, s, limit);
  double emitted = first;
  if (filter.iterative_scan != IterativeScan::off && needed > first) {
    const double cap = std::min(limits.max_scan_tuples, limits.memory / scan_bytes_per_tuple);
    const double wanted = std::clamp(visited(needed), first_visited, std::max(first_visited, rows));
    answer.tuples_visited = std::clamp(cap, first_visited, wanted);
    answer.ended_early = answer.tuples_visited < wanted;
    emitted = answer.ended_early ? ef_that_visits(answer.tuples_visited, first, needed, visited) : needed;
    // At its end a scan gives every element that it visited, in order of distance.
    answer.rows_returned =
        answer.ended_early ? expected_rows(answer.tuples_visited, s, limit) : std::min<double>(limit, rows * s);
    if (filter.iterative_scan == IterativeScan::strict_order) answer.kept = strict_keeps;
  }
  // Rows that fail the filter are fetched, too: until there are enough, or from the scan's end all that were visited.
  const double fetched = answer.ended_early ? std::min(answer.tuples_visited, needed) : std::min(emitted, needed);
  // Pages: an element each, a list of neighbours for each that came out, a row each.
  answer.cost = (answer.tuples_visited + emitted + fetched) / (first_visited + first + std::min<double>(first, limit));
  answer.recall_width = width_under(emitted, s);
  return answer;
}

FilteredSearch filtered_ivfflat(double rows, int lists, int probes, int max_probes, int limit, const Filter& filter) {
  FilteredSearch answer;
  const double s = filter.selectivity;
  const double in_list = rows / lists;
  const double first = std::min(probes, lists);
  double probed = first;
  if (filter.iterative_scan != IterativeScan::off && first * in_list * s < limit) {
    // Batches of `probes` lists, until there are enough rows or max_probes is passed.
    const double most = std::min<double>(lists, std::max(max_probes, probes));
    const double batches = std::ceil(limit / (in_list * s) / first - 1e-9);
    probed = std::min(most, batches * first);
    answer.ended_early = probed < batches * first && probed * in_list * s < limit;
  }
  answer.tuples_visited = probed * in_list;
  answer.rows_returned = expected_rows(answer.tuples_visited, s, limit);
  answer.cost = probed / first;
  answer.recall_width = {probed, probed, probed, true};
  return answer;
}

FilteredSearch filtered_flat(double rows, int limit, const Filter& filter) {
  return {.rows_returned = std::min<double>(limit, rows * filter.selectivity), .tuples_visited = rows};
}

}  // namespace capplan::models
