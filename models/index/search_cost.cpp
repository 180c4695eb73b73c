#include "models/index/search_cost.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "models/index/hnsw_layout.h"

namespace capplan::models {

namespace {

double value(const LawValues& at, LawTerm term) {
  return law_coefficients()[term].positive ? std::exp(at[term]) : at[term];
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// Numbers that a distance works on, and words of memory it reads, of four bytes each.
struct DistanceWork {
  double numbers = 0;
  double words = 0;
};

DistanceWork distance_work(const VectorColumn& column) {
  const double words = value_bytes(column) / 4.0;
  switch (column.type) {
    case VectorType::bit:
      return {words / 2, words};  // popcount takes 8 bytes at once
    case VectorType::halfvec:
      return {static_cast<double>(column.dimensions), words};
    case VectorType::sparsevec:
      return {2.0 * column.non_zeros, words};
    case VectorType::vector:
      break;
  }
  return {static_cast<double>(column.dimensions), static_cast<double>(column.dimensions)};
}

/// The share of accesses that the processor's cache does not hold, for data of this size read at random.
double cache_misses(double bytes, const LawValues& at) {
  const double ratio = value(at, processor_cache) / std::max(bytes, 1.0);
  return 1 / (1 + ratio * ratio * ratio);
}

/// Seconds for one distance: its own cost and what the cache lacks.
double distance_seconds(const VectorIndex& index, const LawValues& at, double missing) {
  const DistanceWork work = distance_work(index.column);
  return work.numbers * value(at, dimension) + work.words * value(at, dimension_miss) * missing;
}

/// Pages of the heap for the rows returned, and of the vectors out of line that ORDER BY's expression fetches.
double returned_pages(const VectorIndex& index, int limit) {
  return limit * (1 + (index.heap.toasted ? index.heap.toast_row_reads : 0));
}

/// The recall of a search that returns so many rows, all of them right.
double most_found(const Search& search, double returned) {
  return std::min(1.0, returned / (search.recall_of > 0 ? search.recall_of : search.limit));
}

double graph_pages(const VectorIndex& index, double ef, const LawValues& at) {
  const double n = std::max(index.rows, 2.0);
  const double m = index.m;
  const double layers = std::log(n) / std::log(m);
  const double down = value(at, descent) * layers * std::pow(m, value(at, descent_m));
  const double rise = value(at, step_rise) * logistic((std::log(ef / n) - value(at, step_rise_at)) / 0.6);
  const double steps = value(at, step) * std::pow(2 * m, value(at, step_m)) *
                       std::pow(std::max(1.0, index.ef_construction / (2 * m)), value(at, step_choice)) *
                       std::pow(ef, value(at, step_ef)) * std::pow(n / 2e4, value(at, step_rows)) * (1 + rise);
  return std::min(down, n) + n * -std::expm1(-steps / n);
}

double graph_recall_logit(const VectorIndex& index, double ef, const LawValues& at) {
  return value(at, graph_recall) + value(at, graph_recall_ef) * std::log(ef / 40) +
         value(at, graph_recall_m) * std::log(index.m / 16.0) +
         value(at, graph_recall_build) * std::log(index.ef_construction / 64.0) +
         value(at, graph_recall_rows) * std::log(std::max(index.rows, 2.0) / 1e5) +
         value(at, graph_recall_dimensions) * std::log(index.column.dimensions / 384.0);
}

double list_recall_logit(const VectorIndex& index, double probes, const LawValues& at) {
  const double rest = 1 - probes / index.lists;
  return value(at, list_recall) + value(at, list_recall_probes) * std::log(probes / 10) +
         value(at, list_recall_lists) * std::log(index.lists / 316.0) +
         value(at, list_recall_rows) * std::log(std::max(index.rows, 2.0) / 1e5) -
         value(at, list_recall_rest) * std::log(std::max(rest, 1e-9));
}

SearchCost graph_search(const VectorIndex& index, const Search& search, const LawValues& at,
                        std::optional<double> measured_pages) {
  const double ef = std::max(1, search.search_param);
  const int returned = std::min(search.limit, search.search_param);
  const double other = returned_pages(index, returned);
  const double pages = graph_pages(index, ef, at);
  const double touched = measured_pages ? std::max(1.0, *measured_pages - other) : pages;
  const double missing = cache_misses(index.bytes, at);
  SearchCost cost;
  cost.pages = pages + other;
  cost.server =
      value(at, graph_start) + value(at, parse) * index.column.dimensions +
      touched * (value(at, graph_page) + std::log1p(index.bytes / value(at, processor_cache)) * value(at, graph_miss) +
                 distance_seconds(index, at, missing)) +
      (index.heap.toasted ? returned * value(at, detoast) : 0);
  cost.recall = std::min(logistic(graph_recall_logit(index, ef, at)), most_found(search, returned));
  return cost;
}

SearchCost list_search(const VectorIndex& index, const Search& search, const LawValues& at) {
  const double probes = std::clamp(search.search_param, 1, index.lists);
  const IvfflatLayout& layout = index.list_layout;
  const double longer = probes < index.lists ? 1 + value(at, list_skew) / probes : 1;
  const double rows = std::min(index.rows, index.rows / index.lists * probes * longer);
  const double missing = cache_misses(index.bytes, at);
  const double centres_missing = cache_misses(layout.list_pages * page_bytes, at);  // every search reads them all
  const double returned = std::min<double>(search.limit, rows);
  SearchCost cost;
  cost.pages = 1 + layout.list_pages + probes * layout.pages_per_list * longer +
               returned_pages(index, static_cast<int>(returned));
  cost.server = value(at, parse) * index.column.dimensions +
                index.lists * (value(at, list_centre) + distance_seconds(index, at, centres_missing)) +
                rows * (value(at, list_row) + missing * value(at, list_miss) + distance_seconds(index, at, missing)) +
                (index.heap.toasted ? returned * value(at, detoast) : 0);
  cost.recall = std::min(logistic(list_recall_logit(index, probes, at)), most_found(search, returned));
  return cost;
}

SearchCost exact_search(const VectorIndex& index, const LawValues& at) {
  const double bytes = (index.heap.pages + index.heap.toast_pages) * page_bytes;
  const double missing = cache_misses(bytes, at);
  SearchCost cost;
  cost.pages = exact_search_pages(index.rows, index.heap);
  cost.server = value(at, parse) * index.column.dimensions +
                index.rows * (value(at, scan_row) + missing * value(at, list_miss) +
                              distance_seconds(index, at, missing) + (index.heap.toasted ? value(at, detoast) : 0));
  cost.recall = 1;
  return cost;
}

/// How many factors of e a value lies outside what was seen; 0 inside, or where nothing was.
double beyond(const SeenRange& seen, double x) {
  if (seen.empty() || x <= 0 || seen.lo <= 0) return 0;
  return std::max({0.0, std::log(seen.lo / x), std::log(x / seen.hi)});
}

struct Outside {
  double factors = 0;
  std::vector<std::string> names;

  void add(const char* name, const SeenRange& seen, double x) {
    const double far = beyond(seen, x);
    if (far < 1e-9) return;
    factors += far;
    names.push_back(fmt::format("{} {:g} is outside {:g} … {:g}", name, x, seen.lo, seen.hi));
  }
};

Outside outside_of(const IndexLaw& law, const VectorIndex& index, const Search& search, Plan plan) {
  Outside found;
  const bool scan = plan == Plan::seq_scan;
  const SeenIndex& seen = scan ? law.flat : index.kind == IndexKind::hnsw ? law.hnsw : law.ivfflat;
  found.add("rows", seen.rows, index.rows);
  found.add("dimensions", seen.dimensions, index.column.dimensions);
  if (scan) return found;
  if (index.kind == IndexKind::hnsw) {
    found.add("m", seen.m, index.m);
    found.add("ef_construction", seen.ef_construction, index.ef_construction);
    found.add("ef_search", seen.ef_search, search.search_param);
  } else {
    found.add("lists", seen.lists, index.lists);
    found.add("probes", seen.probes, search.search_param);
  }
  return found;
}

/// Standard deviation of f over the law's coefficients, by its gradient.
template <class F>
double spread_of(const IndexLaw& law, F f) {
  std::array<double, law_terms> gradient{};
  for (std::size_t i = 0; i < law_terms; ++i) {
    LawValues up = law.at, down = law.at;
    up[i] += 1e-4;
    down[i] -= 1e-4;
    gradient[i] = (f(up) - f(down)) / 2e-4;
  }
  double variance = 0;
  for (std::size_t i = 0; i < law_terms; ++i)
    for (std::size_t j = 0; j < law_terms; ++j)
      variance += gradient[i] * gradient[j] * law.covariance[i * law_terms + j];
  return std::sqrt(std::max(0.0, variance));
}

constexpr double z95 = 1.959964;

core::Estimate log_interval(double x, double spread) {
  return {x, x * std::exp(-z95 * spread), x * std::exp(z95 * spread), true};
}

double logit(double p) { return std::log(p / (1 - p)); }

}  // namespace

const char* kind_name(IndexKind kind) {
  return kind == IndexKind::hnsw ? "hnsw" : kind == IndexKind::ivfflat ? "ivfflat" : "flat";
}

VectorIndex sized(IndexKind kind, double rows, const VectorColumn& column, int m, int ef_construction, int lists,
                  int other_bytes) {
  VectorIndex index{kind, rows, column, m, ef_construction, lists, 0, heap_layout(rows, column, other_bytes), {}};
  if (kind == IndexKind::hnsw) index.bytes = hnsw_layout({rows, column, m}).bytes.value;
  if (kind == IndexKind::ivfflat) {
    index.list_layout = ivfflat_layout({rows, column, lists});
    index.bytes = index.list_layout.bytes.value;
  }
  if (kind == IndexKind::flat) index.bytes = (index.heap.pages + index.heap.toast_pages) * page_bytes;
  return index;
}

Plan planned(const VectorIndex& index, const Search& search, const PlannerSettings& planner) {
  if (index.kind == IndexKind::flat) return Plan::seq_scan;
  VectorQuery query{.rows = index.rows, .heap_pages = index.heap.pages, .index_pages = index.bytes / page_bytes};
  query.limit = search.limit;
  query.selectivity = search.selectivity;
  query.filter_operators = search.selectivity < 1 ? 1 : 0;
  const Cost cost = index.kind == IndexKind::hnsw
                        ? hnsw_index_cost(query, index.m, search.search_param, planner)
                        : ivfflat_index_cost(query, index.lists, search.search_param, planner);
  return choose_plan(query, cost, planner).plan;
}

SearchCost search_cost(const VectorIndex& index, const Search& search, Plan plan, const LawValues& at,
                       std::optional<double> measured_pages) {
  SearchCost cost = plan == Plan::seq_scan          ? exact_search(index, at)
                    : index.kind == IndexKind::hnsw ? graph_search(index, search, at, measured_pages)
                                                    : list_search(index, search, at);
  cost.scan = (cost.server - value(at, parse) * index.column.dimensions) * value(at, host);
  cost.server *= value(at, host);
  cost.latency = cost.server + value(at, round_trip);
  return cost;
}

SearchForecast forecast(const VectorIndex& index, const Search& search, const IndexLaw& law,
                        const PlannerSettings& planner) {
  SearchForecast answer;
  answer.plan = planned(index, search, planner);
  const auto at = [&](const LawValues& values) { return search_cost(index, search, answer.plan, values); };
  const SearchCost cost = at(law.at);
  Outside outside = outside_of(law, index, search, answer.plan);
  const double extra = 0.25 * outside.factors;
  answer.outside = std::move(outside.names);

  const auto total = [](double a, double b, double c) { return std::sqrt(a * a + b * b + c * c); };
  const bool exact = answer.plan == Plan::seq_scan;
  const double pages = spread_of(law, [&](const LawValues& v) { return std::log(at(v).pages); });
  const double server = spread_of(law, [&](const LawValues& v) { return std::log(at(v).server); });
  const double latency = spread_of(law, [&](const LawValues& v) { return std::log(at(v).latency); });
  answer.pages = exact ? core::Estimate{cost.pages, cost.pages, cost.pages, true}
                       : log_interval(cost.pages, total(pages, law.pages_residual, extra));
  answer.server = log_interval(cost.server, total(server, law.latency_residual, extra));
  answer.latency = log_interval(cost.latency, total(latency, law.latency_residual, extra));

  answer.recall = {1, 1, 1, true};
  if (!exact) {
    const double p = std::clamp(cost.recall, 1e-6, 1 - 1e-6);
    const double chance =
        spread_of(law, [&](const LawValues& v) { return logit(std::clamp(at(v).recall, 1e-9, 1 - 1e-9)); });
    const double wide = total(chance, 2 * extra, 0);
    const double lo = logistic(logit(p) - z95 * wide) - z95 * law.recall_residual;
    const double hi = logistic(logit(p) + z95 * wide) + z95 * law.recall_residual;
    answer.recall = {cost.recall, std::clamp(lo, 0.0, cost.recall), std::clamp(hi, cost.recall, 1.0), true};
  }
  return answer;
}

}  // namespace capplan::models
