// [index_law] of a calibration file: what is written reads back, and what is damaged is pointed at.

#include "plan/costs/index_law_file.h"

#include <cmath>

#include "plan/format/document.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string written(const IndexCosts& costs) {
  models::Value table;
  table.data = to_table(costs);
  return write_toml({{"index_law", table}});
}

/// A law unlike the prior in every part.
IndexCosts sample() {
  IndexCosts costs;
  models::IndexLaw& law = costs.search;
  for (std::size_t i = 0; i < models::law_terms; ++i) {
    law.at[i] += 0.1 / static_cast<double>(i + 1);
    for (std::size_t j = 0; j < i; ++j)
      law.covariance[i * models::law_terms + j] = law.covariance[j * models::law_terms + i] =
          1e-3 / static_cast<double>(3 + i + j);
  }
  law.latency_residual = 1.0 / 13;
  law.samples = 175;
  law.hnsw.rows.take(10'000);
  law.hnsw.rows.take(50'000);
  law.ivfflat.probes.take(3);
  costs.hnsw_build.neighbor_s = 1.0 / 7e7;
  costs.ivfflat_build.hi = 1.3;
  return costs;
}

}  // namespace

TEST_CASE("a law of indexes reads back from its file") {
  const IndexCosts costs = sample();
  const std::string text = written(costs);
  const IndexCosts back = index_costs_of(parse_toml(text, "law.toml"));
  CHECK(written(back) == text);
  CHECK(back.search.covariance == costs.search.covariance);
  for (std::size_t i = 0; i < models::law_terms; ++i) CHECK(std::fabs(back.search.at[i] - costs.search.at[i]) < 1e-8);
  CHECK(back.search.latency_residual == costs.search.latency_residual);
  CHECK(back.search.samples == 175);
  CHECK(back.search.hnsw.rows.hi == 50'000);
  CHECK(back.search.ivfflat.probes.lo == 3);
  CHECK(back.search.flat.rows.empty());
  CHECK(back.hnsw_build.neighbor_s == costs.hnsw_build.neighbor_s);
  CHECK(back.ivfflat_build.hi == 1.3);
}

TEST_CASE("a calibration without a law of indexes leaves the prior") {
  const models::IndexLaw law = index_law_of(parse_toml("[query.search]\ncpu = \"1ms\"\n", "costs.toml"));
  CHECK(law.at == models::prior_law().at);
  CHECK(law.samples == 0);
}

TEST_CASE("a law written by hand changes what it names") {
  const models::IndexLaw prior = models::prior_law();
  const models::IndexLaw law =
      index_law_of(parse_toml("[index_law.coefficients]\nround_trip = { value = 1e-3, spread = 0.1 }\n", "law.toml"));
  CHECK(law.value(models::round_trip) == Approx(1e-3));
  CHECK(law.covariance[0] == Approx(0.01));
  CHECK(law.at[models::dimension] == prior.at[models::dimension]);
}

TEST_CASE("a damaged law of indexes is refused at each place") {
  const std::string text =
      "[index_law]\nlatency_residual = -1\n[index_law.coefficients]\nround_trip = { value = 0.0 }\nround_tripp = 1\n"
      "[index_law.covariance]\nhost = [1.0]\n[index_law.seen]\nhnsw = { rows = [5, 2], m = 3 }\n";
  try {
    index_costs_of(parse_toml(text, "law.toml"));
    FAIL("was not refused");
  } catch (const core::InputError& error) {
    CHECK(error.problems().size() == 6);
    CHECK_THAT(error.what(), ContainsSubstring("law.toml:2:20: error: index_law.latency_residual: must be a number"));
    CHECK_THAT(error.what(), ContainsSubstring("index_law.coefficients.round_trip.value: must be a number above 0"));
    CHECK_THAT(error.what(), ContainsSubstring("did you mean round_trip?"));
    CHECK_THAT(error.what(), ContainsSubstring("index_law.covariance.host: must be a list of 2 numbers"));
    CHECK_THAT(error.what(), ContainsSubstring("lo no greater than hi"));
    CHECK_THAT(error.what(), ContainsSubstring("index_law.seen.hnsw.m: must be a list of 2 numbers"));
  }
}
