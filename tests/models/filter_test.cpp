// Filtered searches: the arithmetic of pgvector's README and source, the extension's own test, and published recalls.

#include "models/index/filter.h"

#include <cmath>
#include <string>

#include "tests/support/catch.h"

using namespace capplan::models;

namespace {

FilteredSearch graph(double selectivity, int ef_search, IterativeScan scan, const ScanLimits& limits = {}) {
  const double visited = 20.0 * ef_search;
  return filtered_hnsw(1e6, 16, ef_search, 10, visited, {selectivity, FilterMethod::post, scan}, limits);
}

/// Recall without a filter as published: 0.946 with ef_search 100 and 0.954 with 115, a line in logit over ln ef.
double published_recall(double ef_search) {
  const double logit = 2.863 + (3.032 - 2.863) / std::log(1.15) * std::log(ef_search / 100);
  return 1 / (1 + std::exp(-logit));
}

}  // namespace

TEST_CASE("a filter of 10 % leaves 4 rows of the 40 that a search keeps") {
  const FilteredSearch s = graph(0.1, 40, IterativeScan::off);
  CHECK(s.rows_returned == Approx(4).epsilon(0.01));
  CHECK(s.tuples_visited == 800);
  CHECK(s.cost == 1);
  CHECK(graph(1, 40, IterativeScan::off).rows_returned == 10);
}

TEST_CASE("the mean of a limited binomial is exact, and joins its approximation") {
  // 3 candidates, 1 in 2 passes, limit 2: 3/8 x 1 + 4/8 x 2 = 1.375.
  CHECK(expected_rows(3, 0.5, 2) == Approx(1.375));
  CHECK(expected_rows(2000, 0.01, 20) == Approx(expected_rows(2001, 0.01, 20)).epsilon(0.01));
  CHECK(expected_rows(100'000, 0.5, 10) == Approx(10));
}

TEST_CASE("an iterative scan goes on until it has its rows, and visits at least limit / selectivity") {
  const FilteredSearch s = graph(0.05, 40, IterativeScan::relaxed_order, {1e9, 1e12});
  CHECK(s.rows_returned == 10);
  CHECK(s.tuples_visited >= 200);
  CHECK(s.cost > 1);
  CHECK_FALSE(s.ended_early);
  // What the first pass finds is enough: nothing is resumed.
  CHECK(graph(0.5, 40, IterativeScan::relaxed_order).cost == 1);
}

TEST_CASE("at max_scan_tuples an iterative scan gives what it visited, times the selectivity") {
  // The extension's own test (043_hnsw_iterative_scan.pl) expects max_scan_tuples x selectivity rows.
  const FilteredSearch s = filtered_hnsw(1e6, 16, 40, 100'000, 800,
                                         {0.01, FilterMethod::post, IterativeScan::relaxed_order}, {50'000, 1e12});
  CHECK(s.ended_early);
  CHECK(s.tuples_visited == 50'000);
  CHECK(s.rows_returned == Approx(500).epsilon(0.01));
}

TEST_CASE("memory ends an iterative scan as max_scan_tuples does, but never its first pass") {
  const double four_megabytes = 4.0 * 1024 * 1024;
  const FilteredSearch s = graph(0.001, 40, IterativeScan::relaxed_order, {1e9, four_megabytes});
  CHECK(s.ended_early);
  CHECK(s.tuples_visited == Approx(four_megabytes / scan_bytes_per_tuple));
  CHECK(graph(0.001, 1000, IterativeScan::relaxed_order, {100, 1e12}).tuples_visited == 20'000);
}

TEST_CASE("recall under filters of 10 % and 1 % is as published within 0.09") {
  const auto recall = [](double selectivity, int ef, const ScanLimits& limits = {}) {
    return published_recall(graph(selectivity, ef, IterativeScan::relaxed_order, limits).recall_width);
  };
  CHECK(recall(0.1, 280) == Approx(0.951).margin(0.09));
  CHECK(recall(0.01, 40) == Approx(0.77).margin(0.09));
  CHECK(recall(0.01, 400) == Approx(0.80).margin(0.09));
  CHECK(recall(0.01, 40, {200'000, 16.0 * 1024 * 1024}) == Approx(0.93).margin(0.09));
}

TEST_CASE("IVFFlat reads further batches of probes until it has its rows") {
  const auto lists = [](double selectivity, IterativeScan scan, int max_probes) {
    return filtered_ivfflat(1e5, 100, 2, max_probes, 10, {selectivity, FilterMethod::post, scan});
  };
  // 2 lists of 1,000 rows, 1 of 1,000 passes: 2 rows; 10 rows need 10 lists.
  CHECK(lists(0.001, IterativeScan::off, 100).rows_returned == Approx(2).epsilon(0.01));
  CHECK(lists(0.001, IterativeScan::relaxed_order, 100).tuples_visited == 10'000);
  CHECK(lists(0.001, IterativeScan::relaxed_order, 100).cost == 5);
  const FilteredSearch capped = lists(0.001, IterativeScan::relaxed_order, 4);
  CHECK(capped.ended_early);
  CHECK(capped.tuples_visited == 4000);
}

TEST_CASE("an exact search finds whatever passes") {
  CHECK(filtered_flat(1000, 10, {0.5}).rows_returned == 10);
  CHECK(filtered_flat(1000, 10, {0.003}).rows_returned == 3);
}
