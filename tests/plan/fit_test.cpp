// Fits of samples: known distributions recovered within four and a half standard errors of their estimators (so that a
// false alarm has a probability of 1e-5), distances against values computed by hand, and samples that are not nice.
// Standard errors: Johnson, Kotz and Balakrishnan 1994, from the Fisher information of each family.

#include "plan/fit/fit.h"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <numeric>

#include "core/random.h"
#include "plan/fit/families.h"
#include "tests/support/catch.h"

using namespace capplan;
using namespace capplan::plan;
using core::Distribution;

namespace {

constexpr double errors = 4.5;

std::vector<double> sample(const Distribution& distribution, std::size_t n, const std::string& purpose) {
  core::Stream stream(1, 0, "fit_test", purpose);
  std::vector<double> values(n);
  for (double& x : values) x = distribution.sample(stream);
  return values;
}

std::vector<double> sorted_sample(const Distribution& distribution, std::size_t n, const std::string& purpose) {
  std::vector<double> values = sample(distribution, n, purpose);
  std::sort(values.begin(), values.end());
  return values;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

const Fit* alternative(const SampleFit& fit, const std::string& family) {
  for (const Fit& f : fit.alternatives)
    if (f.family == family) return &f;
  return nullptr;
}

}  // namespace

TEST_CASE("an exponential is recovered") {
  const std::size_t n = 20'000;
  const FamilyFit fit = fit_exponential(sorted_sample(Distribution::exponential(0.002), n, "exponential"));
  CHECK(fit.distribution.mean() == Approx(0.002).margin(errors * 0.002 / std::sqrt(n)));
  CHECK(fit.parameters == 1);
}

TEST_CASE("a gamma is recovered and solves its likelihood equation") {
  const std::size_t n = 20'000;
  const double k = 2.5;
  const std::vector<double> x = sorted_sample(Distribution::gamma(0.002, 1 / std::sqrt(k)), n, "gamma");
  const FamilyFit fit = fit_gamma(x);
  const auto& gamma = std::get<core::Gamma>(fit.distribution.family());
  const double deviation = std::sqrt(k / (static_cast<double>(n) * (k * boost::math::trigamma(k) - 1)));
  CHECK(gamma.shape == Approx(k).margin(errors * deviation));
  double logs = 0;
  for (const double v : x) logs += std::log(v) / static_cast<double>(n);
  CHECK(std::log(gamma.shape) - boost::math::digamma(gamma.shape) == Approx(std::log(mean_of(x)) - logs).epsilon(1e-9));
}

TEST_CASE("an Erlang is recovered with its whole number of stages") {
  const auto fit = fit_erlang(sorted_sample(Distribution::erlang(4, 0.003), 20'000, "erlang"));
  REQUIRE(fit.has_value());
  CHECK(std::get<core::Erlang>(fit->distribution.family()).stages == 4);
}

TEST_CASE("a lognormal is recovered") {
  const std::size_t n = 20'000;
  const Distribution truth = Distribution::lognormal(0.001, 1.2);
  const auto& expected = std::get<core::Lognormal>(truth.family());
  const FamilyFit fit = fit_lognormal(sorted_sample(truth, n, "lognormal"));
  const auto& found = std::get<core::Lognormal>(fit.distribution.family());
  CHECK(found.mu == Approx(expected.mu).margin(errors * expected.sigma / std::sqrt(n)));
  CHECK(found.sigma == Approx(expected.sigma).margin(errors * expected.sigma / std::sqrt(2.0 * n)));
}

TEST_CASE("a Weibull is recovered") {
  const std::size_t n = 20'000;
  for (const double shape : {0.6, 1.8}) {
    const auto fit = fit_weibull(sorted_sample(Distribution::weibull(shape, 0.004), n, "weibull"));
    REQUIRE(fit.has_value());
    const auto& found = std::get<core::Weibull>(fit->distribution.family());
    CHECK(found.shape == Approx(shape).margin(errors * std::sqrt(0.608 / n) * shape));
    CHECK(found.scale == Approx(0.004).margin(errors * std::sqrt(1.109 / n) * 0.004 / shape));
  }
}

TEST_CASE("an offset is recovered below the least value") {
  const auto x = sorted_sample(Distribution::shifted(0.002, Distribution::lognormal(0.001, 0.8)), 20'000, "shifted");
  const FamilyFit fit = fit_shifted_lognormal(x);
  const auto& shifted = std::get<core::Shifted>(fit.distribution.family());
  CHECK(shifted.offset < x.front());
  CHECK(shifted.offset == Approx(0.002).epsilon(0.02));
  CHECK(shifted.part.front().mean() == Approx(0.001).epsilon(0.04));
  const auto y = sorted_sample(Distribution::shifted(0.002, Distribution::gamma(0.001, 0.6)), 20'000, "shifted gamma");
  const FamilyFit gamma = fit_shifted_gamma(y);
  CHECK(std::get<core::Shifted>(gamma.distribution.family()).offset == Approx(0.002).epsilon(0.02));
  CHECK(gamma.distribution.mean() == Approx(mean_of(y)));
}

TEST_CASE("the two phases of a hyperexponential are recovered") {
  const auto x = sorted_sample(Distribution::hyperexponential({0.8, 0.2}, {0.001, 0.02}), 20'000, "hyperexponential");
  const auto fit = fit_hyperexponential(x);
  REQUIRE(fit.has_value());
  const auto& found = std::get<core::Hyperexponential>(fit->distribution.family());
  CHECK(found.weights[0] == Approx(0.8).margin(0.02));
  CHECK(found.means[0] == Approx(0.001).epsilon(0.05));
  CHECK(found.means[1] == Approx(0.02).epsilon(0.06));
  CHECK_FALSE(fit_hyperexponential(sorted_sample(Distribution::gamma(1, 0.5), 1000, "regular")).has_value());
}

TEST_CASE("the two components of a lognormal mixture are recovered") {
  const Distribution fast = Distribution::lognormal(0.001, 0.3), slow = Distribution::lognormal(0.01, 0.4);
  const auto x = sorted_sample(Distribution::mixture({0.9, 0.1}, {fast, slow}), 20'000, "mixture");
  const auto fit = fit_lognormal_mixture(x);
  REQUIRE(fit.has_value());
  const auto& found = std::get<core::Mixture>(fit->distribution.family());
  CHECK(found.weights[0] == Approx(0.9).margin(errors * std::sqrt(0.09 / 20'000)));
  CHECK(found.parts[0].mean() == Approx(0.001).epsilon(0.02));
  CHECK(found.parts[1].mean() == Approx(0.01).epsilon(0.05));
  CHECK(found.parts[1].cv() == Approx(0.4).epsilon(0.1));
}

TEST_CASE("the density of every family is the slope of its distribution function") {
  const std::vector<Distribution> all = {
      Distribution::exponential(2),
      Distribution::erlang(3, 2),
      Distribution::gamma(2, 0.7),
      Distribution::lognormal(2, 0.8),
      Distribution::weibull(1.4, 2),
      Distribution::hyperexponential(2, 2),
      Distribution::shifted(0.5, Distribution::gamma(1, 0.5)),
      Distribution::mixture({1, 2}, {Distribution::lognormal(1, 0.5), Distribution::lognormal(3, 0.2)})};
  for (const Distribution& d : all)
    for (const double x : {0.7, 1.5, 4.0}) {
      INFO(d.family_name() << " at " << x);
      const double h = 1e-5;
      CHECK(std::exp(log_density(d, x)) == Approx((d.cdf(x + h) - d.cdf(x - h)) / (2 * h)).epsilon(1e-5));
    }
  CHECK(std::isinf(log_density(all[6], 0.4)));
  CHECK_THROWS_AS(log_density(Distribution::deterministic(1), 1), std::invalid_argument);
}

TEST_CASE("of samples of a family, that family or one that contains it is chosen") {
  const auto chosen = [](const Distribution& truth) { return fit_sample(sample(truth, 5000, "chosen")).chosen; };
  CHECK(chosen(Distribution::exponential(0.002)).family == "exponential");
  CHECK(chosen(Distribution::gamma(0.002, 0.4)).family == "gamma");
  CHECK(chosen(Distribution::lognormal(0.002, 0.9)).family == "lognormal");
  CHECK(chosen(Distribution::weibull(3, 0.002)).family == "weibull");
  CHECK(chosen(Distribution::shifted(0.01, Distribution::lognormal(0.002, 1.2))).family == "shifted_lognormal");
  CHECK(chosen(Distribution::shifted(0.01, Distribution::gamma(0.002, 0.7))).family == "shifted_gamma");
  CHECK(chosen(Distribution::hyperexponential({0.9, 0.1}, {0.001, 0.03})).family == "hyperexponential");
  CHECK(chosen(Distribution::mixture({0.8, 0.2},
                                     {Distribution::lognormal(0.001, 0.2), Distribution::lognormal(0.02, 0.3)}))
            .family == "lognormal_mixture");
}

TEST_CASE("what no family follows is kept as it is, with its mean and percentiles") {
  const Distribution truth = Distribution::mixture(
      {0.5, 0.3, 0.2},
      {Distribution::uniform(0.001, 0.002), Distribution::deterministic(0.01), Distribution::uniform(0.03, 0.1)});
  const SampleFit fit = fit_sample(sample(truth, 5000, "strange"));
  CHECK(fit.chosen.family == "empirical");
  CHECK(fit.chosen.distribution.mean() == Approx(fit.sample.mean.value).epsilon(0.005));
  CHECK(fit.chosen.distribution.quantile(0.99) == Approx(fit.sample.p99.value).epsilon(0.01));
  CHECK_FALSE(fit.chosen.has_likelihood);
  CHECK(fit.alternatives.size() >= 7);
}

TEST_CASE("a family that misses the mean or the tail is not chosen, however good its likelihood") {
  std::vector<double> x = sample(Distribution::lognormal(0.001, 0.3), 5000, "tail");
  for (std::size_t i = 0; i < 75; ++i) x[i] = 0.02 + 0.0001 * static_cast<double>(i);
  const SampleFit fit = fit_sample(x);
  const Fit* lognormal = alternative(fit, "lognormal");
  REQUIRE(lognormal != nullptr);
  CHECK_FALSE(lognormal->fits);
  CHECK(fit.chosen.distribution.quantile(0.99) == Approx(fit.sample.p99.value).epsilon(0.1));
  CHECK(fit.chosen.distribution.mean() == Approx(fit.sample.mean.value).epsilon(0.02));
}

TEST_CASE("Kolmogorov-Smirnov and Anderson-Darling distances are those computed by hand") {
  const Distribution uniform = Distribution::uniform(0, 1);
  const std::vector<double> one = {0.5}, two = {0.25, 0.75}, ties = {0.4, 0.4, 0.4, 0.8};
  CHECK(goodness(one, uniform).ks == Approx(0.5));
  CHECK(goodness(one, uniform).anderson_darling == Approx(2 * std::log(2.0) - 1));
  CHECK(goodness(two, uniform).ks == Approx(0.25));
  // -2 - (2 ln 0.25 + 6 ln 0.75) / 2
  CHECK(goodness(two, uniform).anderson_darling == Approx(-2 - std::log(0.25) - 3 * std::log(0.75)));
  // Three quarters lie at 0.4 or below, where the uniform has 0.4; none below it.
  CHECK(goodness(ties, uniform).ks == Approx(0.4));
  CHECK(ks_critical_1pct(10'000) == Approx(0.01628));
}

TEST_CASE("the distances of a true distribution stay below their critical values") {
  int refused_ks = 0, refused_ad = 0;
  const Distribution truth = Distribution::gamma(1, 0.8);
  for (int i = 0; i < 200; ++i) {
    const Goodness g = goodness(sorted_sample(truth, 500, "critical " + std::to_string(i)), truth);
    refused_ks += g.ks > ks_critical_1pct(500);
    refused_ad += g.anderson_darling > 3.857;  // 1 % of Anderson and Darling's table
  }
  // Of 200 at 1 %, more than 9 have a probability of 2e-5.
  CHECK(refused_ks <= 9);
  CHECK(refused_ad <= 9);
}

TEST_CASE("intervals of a sample's figures cover the truth as often as they say") {
  const Distribution truth = Distribution::lognormal(0.002, 1);
  int mean = 0, p50 = 0, p99 = 0;
  for (int i = 0; i < 200; ++i) {
    const SampleSummary s = summarise(sorted_sample(truth, 2000, "interval " + std::to_string(i)));
    const auto holds = [](const core::Estimate& e, double value) { return e.known && e.lo <= value && value <= e.hi; };
    mean += holds(s.mean, truth.mean());
    p50 += holds(s.p50, truth.quantile(0.5));
    p99 += holds(s.p99, truth.quantile(0.99));
  }
  // Of 200 at 95 %, fewer than 176 have a probability of 3e-5; the mean of so skewed values is allowed a little more.
  CHECK(p50 >= 176);
  CHECK(p99 >= 176);
  CHECK(mean >= 172);
}

TEST_CASE("a percentile that the sample cannot carry is not known") {
  const SampleSummary s = summarise(sorted_sample(Distribution::exponential(1), 100, "small"));
  CHECK(s.p50.known);
  CHECK(s.p95.known);
  CHECK_FALSE(s.p99.known);
}

TEST_CASE("equal values are a constant") {
  const SampleFit fit = fit_sample(std::vector<double>(500, 0.003));
  CHECK(fit.chosen.family == "deterministic");
  CHECK(fit.chosen.distribution.mean() == 0.003);
  CHECK(fit.warnings.empty());
  CHECK(fit_sample({0.003}).chosen.family == "deterministic");
  CHECK(fit_sample({0.003}).warnings.size() == 1);
}

TEST_CASE("fewer than 20 values are kept as they are, with a warning") {
  const SampleFit fit = fit_sample({0.001, 0.002, 0.004});
  CHECK(fit.chosen.family == "empirical");
  CHECK(fit.warnings.size() == 1);
  CHECK(fit.chosen.distribution.mean() == Approx(0.007 / 3));
}

TEST_CASE("ties, outliers and extreme values do not stop a fit") {
  std::vector<double> ties;
  for (int i = 0; i < 1000; ++i) ties.push_back(i % 3 == 0 ? 50e-6 : 51e-6);
  std::vector<double> outlier = sample(Distribution::gamma(0.001, 0.5), 1000, "outlier");
  outlier.push_back(1e6);
  std::vector<double> nearly(300'000, 0.001);
  nearly.push_back(0.5);
  std::vector<double> extremes(1000, 1e-9);
  for (std::size_t i = 0; i < 500; ++i) extremes[i] = 1e9;
  for (const std::vector<double>& x : {ties, outlier, nearly, extremes}) {
    const SampleFit fit = fit_sample(x);
    INFO(x.size() << " values, " << fit.chosen.family);
    CHECK(std::isfinite(fit.chosen.distribution.mean()));
    CHECK(fit.chosen.distribution.mean() == Approx(mean_of(x)).epsilon(0.02));
    for (const Fit& f : fit.alternatives) CHECK(std::isfinite(f.aic));
  }
}

TEST_CASE("values that are no times are refused") {
  CHECK_THROWS_AS(fit_sample({}), std::invalid_argument);
  CHECK_THROWS_AS(fit_sample({0.001, 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(fit_sample({0.001, -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(fit_sample({0.001, std::nan("")}), std::invalid_argument);
  CHECK_THROWS_AS(fit_sample({0.001, INFINITY}), std::invalid_argument);
}

TEST_CASE("a large sample is thinned evenly and says so") {
  const SampleFit fit = fit_sample(sample(Distribution::lognormal(0.002, 0.6), 250'000, "large"));
  REQUIRE(fit.warnings.size() == 1);
  CHECK(fit.warnings[0] == "fitted to 200000 of 250000 requests, evenly spaced in rank");
  CHECK(fit.sample.count == 250'000);
  CHECK(fit.chosen.distribution.mean() == Approx(fit.sample.mean.value).epsilon(0.01));
}

TEST_CASE("the same values in another order give the same fit to the bit") {
  std::vector<double> x = sample(Distribution::lognormal(0.002, 1.5), 3000, "order");
  const SampleFit first = fit_sample(x);
  std::reverse(x.begin(), x.end());
  const SampleFit second = fit_sample(x);
  CHECK(first.chosen.distribution == second.chosen.distribution);
  CHECK(first.chosen.aic == second.chosen.aic);
  CHECK(first.sample.mean == second.sample.mean);
}

TEST_CASE("knots of a sample keep its mean, its tails and their number") {
  for (const std::size_t n : {2UL, 19UL, 190UL, 191UL, 1000UL, 50'000UL}) {
    const auto x = sorted_sample(Distribution::bounded_pareto(1.2, 1e-4, 10), n, "knots");
    const Distribution knots = empirical_knots(x);
    const auto& e = std::get<core::Empirical>(knots.family());
    INFO(n << " values");
    CHECK(knots.mean() == Approx(mean_of(x)).epsilon(0.005));
    CHECK(e.value.size() <= 200);
    if (n > 190) CHECK(e.value.size() >= 128);
    CHECK(e.probability[e.probability.size() - 3] < 1);
    if (n >= 10) CHECK(1 - e.probability[e.probability.size() - 2] <= 10.0 / static_cast<double>(n));
    CHECK(goodness(x, knots).ks <= 0.005 + 1 / static_cast<double>(n));
    if (n >= 1000)
      for (const double p : {0.5, 0.95, 0.99}) {
        CHECK(knots.quantile(p) >= sample_quantile(x, p - 0.002));
        CHECK(knots.quantile(p) <= sample_quantile(x, p + 0.002));
      }
  }
}
