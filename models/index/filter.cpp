#include "models/index/filter.h"

#include <algorithm>
#include <cmath>

namespace capplan::models {

namespace {

/// Elements visited for each further row of a resumed pass, times m. A row's 2 m neighbours are looked up once each,
/// and some rows more are expanded than come out; 3.5 m makes the default limits end a scan at 1 % after about 350
/// rows, which is where its recall stops to depend on ef_search (0.77 with 40, 0.80 with 400).
constexpr double visited_per_row = 3.5;

/// Under a filter the nearest `limit` rows lie deeper: recall is that of ef_search times selectivity to this power.
/// 0.55 gives 0.93, 0.78 and 0.88 where 0.951 (10 %, ef 280), 0.77 and 0.80 (1 %, ef 40 and 400) were published.
constexpr double depth_power = 0.55;

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

FilteredSearch filtered_hnsw(double rows, int m, int ef_search, int limit, double visited, const Filter& filter,
                             const ScanLimits& limits) {
  FilteredSearch answer;
  const double s = filter.selectivity;
  const double first = std::min<double>(ef_search, rows);
  answer.tuples_visited = std::max(visited, first);
  answer.rows_returned = expected_rows(first, s, limit);
  double emitted = first;
  const double needed = std::min(rows, limit / s);
  if (filter.iterative_scan != IterativeScan::off && needed > first) {
    const double cap = std::min(limits.max_scan_tuples, limits.memory / scan_bytes_per_tuple);
    const double wanted = std::min(rows, answer.tuples_visited + (needed - first) * visited_per_row * m);
    const double reached = std::clamp(cap, answer.tuples_visited, wanted);
    answer.ended_early = reached < wanted;
    if (wanted > answer.tuples_visited)
      emitted = first + (needed - first) * (reached - answer.tuples_visited) / (wanted - answer.tuples_visited);
    answer.tuples_visited = reached;
    // At its end a scan gives every element that it visited, in order of distance.
    answer.rows_returned = answer.ended_early ? expected_rows(reached, s, limit) : std::min<double>(limit, rows * s);
  }
  answer.cost = answer.tuples_visited / std::max(visited, first);
  answer.recall_width = s < 1 ? std::max(1.0, emitted * std::pow(s, depth_power)) : emitted;
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
  answer.recall_width = probed;
  return answer;
}

FilteredSearch filtered_flat(double rows, int limit, const Filter& filter) {
  return {.rows_returned = std::min<double>(limit, rows * filter.selectivity), .tuples_visited = rows};
}

}  // namespace capplan::models
